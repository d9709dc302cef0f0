import type { Booking, Slot } from '@estate-os/booking'
import { html, LitElement } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/app-dialog'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { words as parts } from '../../parts/words'
import './slot-times'
import { words } from './words'

/** Moves a visit to another free time of its home. Fires `moved`, and `close` when it is left or done. */
@customElement('agency-move-dialog')
export class AgencyMoveDialog extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) booking!: Booking
  @state() private chosen: Slot | null = null
  readonly #acts = new Act(this)

  override render() {
    const { property_id, slot_id, applicant } = this.booking
    return html`<app-dialog heading=${words.moving} ?busy=${this.#acts.busy} @close=${this.#leave}>
      <p>${words.moves(applicant?.name ?? words.applicant)}</p>
      <slot-times .session=${this.session} property-id=${property_id} except=${slot_id} @change=${this.#choose}></slot-times>
      ${this.#acts.refusal}
      <button slot="actions" ?disabled=${this.#acts.busy} @click=${this.#leave}>${parts.back}</button>
      <button slot="actions" class="primary" ?disabled=${this.#acts.busy || !this.chosen} @click=${this.#move}>
        ${this.#acts.busy ? parts.doing : words.reschedule}
      </button>
    </app-dialog>`
  }

  #leave = () => this.dispatchEvent(new Event('close'))

  #choose = (event: Event) => {
    this.chosen = (event.target as HTMLElementTagNameMap['slot-times']).chosen
  }

  #move = async () => {
    const { client } = this.session
    const { id: booking_id, slot_id } = this.booking
    const to = this.chosen!.id
    if (!(await this.#acts.do(() => client.rescheduleBooking({ booking_id, slot_id: to })))) return
    tell({ text: words.moved, undo: () => client.rescheduleBooking({ booking_id, slot_id }) })
    this.dispatchEvent(new Event('moved'))
    this.#leave()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'agency-move-dialog': AgencyMoveDialog
  }
}
