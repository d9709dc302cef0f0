import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/agent-choice'
import '../../parts/app-dialog'
import '../../parts/property-choice'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { momentOf } from '../../parts/times'
import { words as parts } from '../../parts/words'
import { dateIn, instantIn, localIn } from '../../parts/zones'
import { MOST_AT_ONCE, piecesOf } from './pieces'
import { words } from './words'

const LENGTHS = [15, 20, 30, 45, 60]

/** Offers a time as one slot or as many, one after the other and on several days. Fires `done` and `close`. */
@customElement('offer-dialog')
export class OfferDialog extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) start!: Date
  @property({ attribute: false }) end!: Date
  @property() zone = 'UTC'
  @property() agent = ''
  @property() home = ''
  readonly #acts = new Act(this)
  @state() private wrong = ''
  @state() private refused: { when: string; why: string }[] = []
  @state() private count = 1

  override firstUpdated() {
    this.#recount()
  }

  override render() {
    const time = (at: Date) => localIn(this.zone, at).slice(11, 16)
    return html`<app-dialog heading=${words.offerHeading} ?busy=${this.#acts.busy} @close=${() => this.dispatchEvent(new Event('close'))}>
      <form id="form" class="stack" @submit=${this.#offer} @input=${this.#recount}>
        <property-choice
          .session=${this.session}
          label=${words.property}
          value=${this.home}
          required
          @change=${(event: Event) => (this.home = (event.target as HTMLInputElement).value)}
        ></property-choice>
        ${
          this.session.me.agent?.role === 'admin'
            ? html`<agent-choice
                .session=${this.session}
                label=${words.agent}
                value=${this.agent || this.session.me.agent.id}
                @change=${(event: Event) => (this.agent = (event.target as HTMLInputElement).value)}
              ></agent-choice>`
            : nothing
        }
        <div class="row">
          <label class="field">${words.date}<input name="date" type="date" required .value=${dateIn(this.zone, this.start)} /></label>
          <label class="field">${words.from}<input name="from" type="time" required .value=${time(this.start)} /></label>
          <label class="field">${words.to}<input name="to" type="time" required .value=${time(this.end)} /></label>
        </div>
        <label class="field">
          ${words.each}
          <select name="each">
            <option value="0">${words.whole}</option>
            ${LENGTHS.map((one) => html`<option value=${one}>${words.minutes(one)}</option>`)}
          </select>
        </label>
        <label class="field">${words.repeat}<input name="days" type="number" min="1" max="60" value="1" required /></label>
        <label class="field">
          ${words.capacity}<input name="capacity" type="number" min="1" max="200" value="1" required />
          <span class="small faint">${words.capacityAdvice}</span>
        </label>
      </form>
      ${this.wrong ? html`<p class="fault" role="alert">${this.wrong}</p>` : nothing}
      ${this.#acts.refusal}
      ${
        this.refused.length
          ? html`<div role="alert" class="fault">
              <p>${words.refused(this.refused.length)}</p>
              <ul>
                ${this.refused.slice(0, 20).map(({ when, why }) => html`<li>${when}: ${why}</li>`)}
              </ul>
            </div>`
          : nothing
      }
      <button slot="actions" ?disabled=${this.#acts.busy} @click=${() => this.dispatchEvent(new Event('close'))}>${parts.close}</button>
      <button slot="actions" class="primary" type="button" ?disabled=${this.#acts.busy} @click=${() => this.#form.requestSubmit()}>
        ${this.#acts.busy ? parts.doing : words.offerMany(this.count)}
      </button>
    </app-dialog>`
  }

  get #form(): HTMLFormElement {
    return this.renderRoot.querySelector('form')!
  }

  #pieces() {
    const given = Object.fromEntries(new FormData(this.#form)) as Record<string, string>
    const at = (name: string) => ({ date: given.date ?? '', time: given[name] ?? '' })
    return {
      capacity: Number(given.capacity),
      pieces: piecesOf({
        from: at('from').time,
        to: at('to').time,
        date: at('from').date,
        days: Number(given.days),
        each: Number(given.each),
      }).map(([from, to]) => [instantIn(this.zone, from), instantIn(this.zone, to)] as const),
    }
  }

  #recount = () => {
    this.wrong = ''
    this.count = this.#pieces().pieces.length
  }

  #offer = async (event: Event) => {
    event.preventDefault()
    const { pieces, capacity } = this.#pieces()
    this.wrong = !this.home ? parts.choose : pieces.length === 0 ? words.endsBefore : pieces.length > MOST_AT_ONCE ? words.tooMany : ''
    if (this.wrong) return
    this.refused = []
    await this.#acts.do(async () => {
      const slot = (start_time: Date, end_time: Date) => ({
        property_id: this.home,
        start_time,
        end_time,
        capacity,
        ...(this.agent && { agent_id: this.agent }),
      })
      const { client } = this.session
      if (pieces.length === 1) {
        const { data } = await client.createSlot(slot(...pieces[0]!))
        tell({ text: words.offered(1), undo: () => client.cancelSlot({ slot_id: data.slot.id }) })
        this.dispatchEvent(new Event('done'))
        return
      }
      const { results } = (await client.createSlots({ mode: 'each', slots: pieces.map((one) => slot(...one)) })).data
      const made = results.flatMap((one) => (one.slot ? [one.slot.id] : []))
      if (made.length) tell({ text: words.offered(made.length), undo: () => client.cancelSlots({ ids: made, mode: 'each' }) })
      this.refused = results.flatMap(({ index, error }) =>
        error ? [{ when: momentOf(pieces[index]![0], this.zone), why: error.detail }] : [],
      )
      this.dispatchEvent(new CustomEvent('done', { detail: { open: this.refused.length > 0 } }))
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'offer-dialog': OfferDialog
  }
}
