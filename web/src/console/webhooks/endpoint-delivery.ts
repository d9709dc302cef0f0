import type { WebhookDelivery, WebhookEndpoint } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import { eventName } from '../../parts/event-words'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { momentOf, viewersZone } from '../../parts/times'
import { words as parts } from '../../parts/words'
import './attempt-answer'
import { type Delivery, standOf } from './deliveries'
import { words } from './words'

const LOOKS = { arrived: '', tried: 'warning', dead: 'danger', missed: 'warning' } as const

/** One event on its way: whether it has arrived, each attempt with its answer, and a way to send it again. Fires `sent`. */
@customElement('endpoint-delivery')
export class EndpointDelivery extends LitElement {
  static override styles = [
    shared,
    css`
      article {
        padding-block: var(--space);
        border-block-end: 1px solid var(--line);
      }
      summary {
        inline-size: fit-content;
        min-block-size: 1.5rem;
        cursor: pointer;
      }
      .attempts {
        margin-block-start: var(--space);
      }
      code {
        overflow-wrap: anywhere;
        font-size: 0.875em;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) endpoint!: WebhookEndpoint
  @property({ attribute: false }) delivery!: Delivery
  /** All attempts, once they were asked for. */
  @state() private attempts: WebhookDelivery[] | null = null
  readonly #acts = new Act(this)

  override render() {
    const { newest } = this.delivery
    const { type, failure, status, attempted_at, position, event_id } = newest
    const what = eventName(type)
    const stand = standOf(newest)
    return html`<article>
      <div class="row between">
        <div>
          <strong>${what}</strong>
          <span class="badge ${LOOKS[stand]}">${stand === 'arrived' ? words.arrived(status ?? 0) : words.stands[stand]}</span>
        </div>
        ${
          position === null
            ? nothing
            : html`<button ?disabled=${this.#acts.busy} aria-label="${words.again}: ${what}, ${words.number(position)}" @click=${() => this.#replay(position)}>
              ${this.#acts.busy ? parts.doing : words.again}
            </button>`
        }
      </div>
      <p class="small faint">
        ${words.attempt(newest.attempt, momentOf(attempted_at, viewersZone))}${position === null ? '' : `, ${words.number(position)}`}
      </p>
      ${failure === null ? nothing : html`<p class="small">${words.failures[failure] ?? failure}</p>`}
      ${this.#acts.refusal}
      <details class="small" @toggle=${this.#open}>
        <summary aria-label=${words.attemptsOf(what, position)}>${words.attempts}</summary>
        <div class="attempts stack">
          <p>${words.event} <code>${event_id}</code></p>
          ${(this.attempts ?? [newest]).map((one) => html`<attempt-answer .attempt=${one}></attempt-answer>`)}
        </div>
      </details>
    </article>`
  }

  override willUpdate(changed: Map<string, unknown>) {
    const before = changed.get('delivery') as Delivery | undefined
    if (before && before.newest.id !== this.delivery.newest.id && this.attempts) void this.#read()
  }

  #open = (event: Event) => {
    if ((event.target as HTMLDetailsElement).open) void this.#read()
  }

  #read() {
    return this.#acts.do(async () => {
      const asked = { endpoint_id: this.endpoint.id, event_id: this.delivery.newest.event_id, limit: 100 }
      this.attempts = (await this.session.client.listWebhookDeliveries(asked)).data.deliveries
    })
  }

  #replay(position: number) {
    return this.#acts.do(async () => {
      const asked = { endpoint_id: this.endpoint.id, from_position: position, to_position: position }
      const { events } = (await this.session.client.replayWebhookEvents(asked)).data
      tell({ text: events ? words.sent(events, this.endpoint.status) : words.notHeard })
      this.dispatchEvent(new Event('sent'))
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'endpoint-delivery': EndpointDelivery
  }
}
