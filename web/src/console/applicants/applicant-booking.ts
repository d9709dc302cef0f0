import type { Applicant, Slot } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { keyed } from 'lit/directives/keyed.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/app-dialog'
import '../../parts/property-choice'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { words as parts } from '../../parts/words'
import '../visits/slot-times'
import { words } from './words'

/** Books for an applicant: home, time, how many come. Fires `booked`, and `close` when it is left or done. */
@customElement('applicant-booking')
export class ApplicantBooking extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) applicant!: Applicant
  @state() private home = ''
  @state() private chosen: Slot | null = null
  readonly #acts = new Act(this)

  override render() {
    return html`<app-dialog heading=${words.booking(this.applicant.name)} ?busy=${this.#acts.busy} @close=${this.#leave}>
      <form class="stack" @submit=${(event: Event) => event.preventDefault()}>
        <p>${words.told(this.applicant.name)}</p>
        <property-choice .session=${this.session} label=${words.home} @change=${this.#chooseHome}></property-choice>
        ${this.home ? keyed(this.home, html`<slot-times .session=${this.session} property-id=${this.home} @change=${this.#choose}></slot-times>`) : nothing}
        <label class="field">${words.people} <input type="number" name="party" min="1" max="20" value="1" /></label>
        <label class="field">${words.notes} <textarea name="notes" rows="2" maxlength="1000"></textarea></label>
        ${this.#acts.refusal}
      </form>
      <button slot="actions" ?disabled=${this.#acts.busy} @click=${this.#leave}>${parts.back}</button>
      <button slot="actions" class="primary" ?disabled=${this.#acts.busy || !this.chosen} @click=${this.#book}>
        ${this.#acts.busy ? parts.doing : words.book}
      </button>
    </app-dialog>`
  }

  #leave = () => this.dispatchEvent(new Event('close'))

  #chooseHome = (event: Event) => {
    this.home = (event.target as HTMLElementTagNameMap['property-choice']).value
    this.chosen = null
  }

  #choose = (event: Event) => {
    this.chosen = (event.target as HTMLElementTagNameMap['slot-times']).chosen
  }

  #book = async () => {
    const given = new FormData(this.renderRoot.querySelector('form')!)
    await this.#acts.do(async () => {
      await this.session.client.createBooking({
        slot_id: this.chosen!.id,
        applicant_id: this.applicant.id,
        party_size: Number(given.get('party')),
        notes: String(given.get('notes')),
      })
      tell({ text: words.booked })
      this.dispatchEvent(new Event('booked'))
      this.#leave()
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'applicant-booking': ApplicantBooking
  }
}
