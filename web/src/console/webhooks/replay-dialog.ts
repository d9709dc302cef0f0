import type { WebhookEndpoint } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/app-dialog'
import '../../parts/app-skeleton'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { momentOf, viewersZone } from '../../parts/times'
import { words as parts } from '../../parts/words'
import { instantIn, localIn } from '../../parts/zones'
import { countsOf, deliveriesOf } from './deliveries'
import { countsText } from './sentences'
import { spanOf } from './span'
import { words } from './words'

const MOST = 1_000 // attempts that are looked at for what failed
const DAY = 86_400_000
const MINUTE = 60_000 // so that what happened in this one is in it

/** What a replay sends: in words, and by what it is asked for; null is nothing. */
type Planned = { said: string; body: { failed: true } | { from_position: number; to_position: number } } | null

/** Sends what failed again, or all of a time (`which`); what that is stands there first. Fires `sent` and `close`. */
@customElement('replay-dialog')
export class ReplayDialog extends LitElement {
  static override styles = [
    shared,
    css`
      .field {
        flex: 1 1 11rem;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) endpoint!: WebhookEndpoint
  @property() which: 'failed' | 'span' = 'failed'
  /** Undefined until it was looked at. */
  @state() private planned: Planned | undefined
  readonly #acts = new Act(this)
  #over = new AbortController()

  override firstUpdated() {
    if (this.which === 'failed') void this.#look(() => this.#failed())
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    this.#over.abort()
  }

  override render() {
    const { planned, which } = this
    return html`<app-dialog heading=${which === 'failed' ? words.replayFailed : words.replaySpan} ?busy=${this.#acts.busy && planned !== undefined} @close=${this.#leave}>
      <p>${words.replaySays}</p>
      ${which === 'span' ? this.#form() : nothing}
      <div role="status">
        ${
          planned === undefined
            ? this.#acts.busy
              ? html`<app-skeleton lines="1"></app-skeleton>`
              : nothing
            : html`<p><strong>${planned?.said ?? (which === 'failed' ? words.noneFailed : words.noneThen)}</strong></p>`
        }
      </div>
      ${planned && this.endpoint.status === 'disabled' ? html`<p>${words.waitsOff}</p>` : nothing}
      ${this.#acts.refusal}
      <button slot="actions" @click=${this.#leave}>${parts.back}</button>
      ${
        which === 'span' && planned === undefined
          ? html`<button slot="actions" class="primary" ?disabled=${this.#acts.busy} @click=${this.#show}>${words.show}</button>`
          : html`<button slot="actions" class="primary" ?disabled=${this.#acts.busy || !planned} @click=${this.#send}>
            ${this.#acts.busy && planned ? parts.doing : words.sendAgain}
          </button>`
      }
    </app-dialog>`
  }

  #form() {
    const now = this.session.clock.now().getTime()
    const shown = (at: number) => localIn(viewersZone, new Date(at)).slice(0, 16)
    return html`<form class="row" @submit=${this.#submit} @input=${() => (this.planned = undefined)}>
      <label class="field">${words.from} <input type="datetime-local" name="from" required value=${shown(now - DAY)} /></label>
      <label class="field">${words.to} <input type="datetime-local" name="to" required value=${shown(now + MINUTE)} /></label>
    </form>`
  }

  #show = () => this.renderRoot.querySelector('form')?.requestSubmit()

  #submit = (event: Event) => {
    event.preventDefault()
    const entered = new FormData(event.target as HTMLFormElement)
    const [from, to] = ['from', 'to'].map((name) => instantIn(viewersZone, String(entered.get(name)))) as [Date, Date]
    void this.#look(() => this.#span(from, to))
  }

  #look(look: () => Promise<Planned>) {
    this.planned = undefined
    return this.#acts.do(async () => {
      const planned = await look()
      if (!this.#over.signal.aborted) this.planned = planned
    })
  }

  async #failed(): Promise<Planned> {
    const { client } = this.session
    const attempts = client.each.listWebhookDeliveries({ endpoint_id: this.endpoint.id, limit: 100 }, { signal: this.#over.signal })
    const { deliveries, until } = await deliveriesOf(attempts, { state: 'failed', type: '', from: null, to: null }, MOST)
    const failed = deliveries.filter(({ newest }) => newest.position !== null).map(({ newest }) => newest.type)
    if (failed.length === 0 && until === null) return null
    const counted = words.counted(failed.length, countsText(countsOf(failed)))
    return { said: until ? `${counted} ${words.andOlder(momentOf(until, viewersZone))}` : counted, body: { failed: true } }
  }

  async #span(from: Date, to: Date): Promise<Planned> {
    const span = await spanOf(this.session.client, this.endpoint, from, to, this.#over.signal)
    if (span === null) return null
    const { first, last, counts } = span
    const body = { from_position: first, to_position: last }
    if (counts === null) return { said: words.upTo(last - first + 1), body }
    const total = counts.reduce((sum, [, count]) => sum + count, 0)
    return total === 0 ? null : { said: words.counted(total, countsText(counts)), body }
  }

  #send = async () => {
    const { planned, endpoint } = this
    if (!planned) return
    const sent = await this.#acts.do(async () => {
      const { events } = (await this.session.client.replayWebhookEvents({ endpoint_id: endpoint.id, ...planned.body })).data
      tell({ text: words.sent(events, endpoint.status) })
    })
    if (!sent) return
    this.dispatchEvent(new Event('sent'))
    this.#leave()
  }

  #leave = () => this.dispatchEvent(new Event('close'))
}

declare global {
  interface HTMLElementTagNameMap {
    'replay-dialog': ReplayDialog
  }
}
