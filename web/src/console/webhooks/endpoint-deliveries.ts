import type { WebhookEndpoint } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Session } from '../../app/session'
import '../../parts/app-empty'
import { eventName, eventTypes } from '../../parts/event-words'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { momentOf, viewersZone } from '../../parts/times'
import { instantIn } from '../../parts/zones'
import { Beat } from './beat'
import { type Choice, deliveriesOf, type Found } from './deliveries'
import './endpoint-delivery'
import './replay-dialog'
import { words } from './words'

const STEP = 500 // attempts that are looked at, and so many more each time

/** What was sent to an endpoint, event by event, filtered; failed ones and those of a time can be sent again. */
@customElement('endpoint-deliveries')
export class EndpointDeliveries extends LitElement {
  static override styles = [
    shared,
    css`
      form {
        align-items: end;
      }
      .field {
        flex: 1 1 11rem;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) endpoint!: WebhookEndpoint
  @state() private chosen: Choice = { state: '', type: '', from: null, to: null }
  @state() private replaying: 'failed' | 'span' | null = null
  #most = STEP
  #found!: Reading<Found>

  constructor() {
    super()
    new Beat(
      this,
      () => this.session.live,
      () => void this.#found.refresh(),
    )
  }

  override connectedCallback() {
    this.#found ??= new Reading<Found>(this, {
      read: (signal) => {
        const attempts = this.session.client.each.listWebhookDeliveries({ endpoint_id: this.endpoint.id, limit: 100 }, { signal })
        return deliveriesOf(attempts, this.chosen, this.#most)
      },
      live: this.session.live,
      order: ({ deliveries }) => deliveries.map(({ newest }) => newest.event_id),
      lines: 4,
    })
    super.connectedCallback()
  }

  /** Read what was sent anew. */
  reload() {
    void this.#found.reload()
  }

  override render() {
    return html`<section class="stack" aria-labelledby="heading">
        <div class="row between">
          <h2 id="heading">${words.deliveries}</h2>
          <div class="row">
            <button @click=${() => this.#replay('failed')}>${words.replayFailed}</button>
            <button @click=${() => this.#replay('span')}>${words.replaySpan}</button>
          </div>
        </div>
        ${this.#filter()}
        ${this.#found.render(
          ({ deliveries, until }) => html`${
            deliveries.length === 0
              ? html`<app-empty told=${this.#isFiltered() ? words.noneChosen : words.noneSent}>
                ${this.#isFiltered() ? words.noneChosenAdvice : words.noneSentAdvice}
              </app-empty>`
              : html`<ul class="plain">
                ${repeat(
                  deliveries,
                  ({ newest }) => newest.event_id,
                  (one) =>
                    html`<li><endpoint-delivery .session=${this.session} .endpoint=${this.endpoint} .delivery=${one} @sent=${this.#sent}></endpoint-delivery></li>`,
                )}
              </ul>`
          }
          ${
            until
              ? html`<p class="row">
                <span class="faint">${words.lookedBack(momentOf(until, viewersZone))}</span>
                <button @click=${this.#more}>${words.further}</button>
              </p>`
              : nothing
          }`,
        )}
      </section>
      ${
        this.replaying
          ? html`<replay-dialog
            .session=${this.session}
            .endpoint=${this.endpoint}
            which=${this.replaying}
            @close=${() => this.#replay(null)}
            @sent=${this.#sent}
          ></replay-dialog>`
          : nothing
      }`
  }

  #filter() {
    return html`<form class="row" role="search" aria-label=${words.filters} @submit=${(event: Event) => event.preventDefault()} @change=${this.#choose}>
      <label class="field">
        ${words.state}
        <select name="state">
          ${(['', 'failed', 'dead', 'arrived'] as const).map((one) => html`<option value=${one}>${words.choices[one || 'all']}</option>`)}
        </select>
      </label>
      <label class="field">
        ${words.type}
        <select name="type">
          <option value="">${words.everyType}</option>
          ${eventTypes.map(
            (group) =>
              html`<optgroup label=${group.about}>${group.types.map((one) => html`<option value=${one}>${eventName(one)}</option>`)}</optgroup>`,
          )}
          <option value="webhook.test">${eventName('webhook.test')}</option>
        </select>
      </label>
      <label class="field">${words.from} <input type="datetime-local" name="from" /></label>
      <label class="field">${words.to} <input type="datetime-local" name="to" /></label>
    </form>`
  }

  #isFiltered(): boolean {
    return Object.values(this.chosen).some(Boolean)
  }

  #choose = (event: Event) => {
    const entered = new FormData(event.currentTarget as HTMLFormElement)
    const of = (name: string) => String(entered.get(name) ?? '')
    const time = (name: string) => (of(name) ? instantIn(viewersZone, of(name)) : null)
    this.chosen = { state: of('state') as Choice['state'], type: of('type'), from: time('from'), to: time('to') }
    this.#most = STEP
    void this.#found.reload()
  }

  #more = () => {
    this.#most += STEP
    void this.#found.reload()
  }

  #replay(which: 'failed' | 'span' | null) {
    this.replaying = which
  }

  #sent = () => void this.#found.reload()
}

declare global {
  interface HTMLElementTagNameMap {
    'endpoint-deliveries': EndpointDeliveries
  }
}
