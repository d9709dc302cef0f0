import type { Booking, Slot } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import '../../parts/app-dialog'
import '../../parts/app-problem'
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
  @state() private busy = false
  @state() private error: unknown

  override render() {
    const { property_id, slot_id, applicant } = this.booking
    return html`<app-dialog heading=${words.moving} ?busy=${this.busy} @close=${this.#leave}>
      <p>${words.moves(applicant?.name ?? words.applicant)}</p>
      <slot-times .session=${this.session} property-id=${property_id} except=${slot_id} @change=${this.#choose}></slot-times>
      ${this.error === undefined ? nothing : html`<app-problem .error=${this.error}></app-problem>`}
      <button slot="actions" ?disabled=${this.busy} @click=${this.#leave}>${parts.back}</button>
      <button slot="actions" class="primary" ?disabled=${this.busy || !this.chosen} @click=${this.#move}>
        ${this.busy ? parts.doing : words.reschedule}
      </button>
    </app-dialog>`
  }

  #leave = () => this.dispatchEvent(new Event('close'))

  #choose = (event: Event) => {
    this.chosen = (event.target as HTMLElementTagNameMap['slot-times']).chosen
  }

  #move = async () => {
    if (!this.chosen) return
    const { client } = this.session
    const { id: booking_id, slot_id } = this.booking
    this.busy = true
    this.error = undefined
    try {
      await client.rescheduleBooking({ booking_id, slot_id: this.chosen.id })
      tell({ text: words.moved, undo: () => client.rescheduleBooking({ booking_id, slot_id }) })
      this.dispatchEvent(new Event('moved'))
      this.#leave()
    } catch (error) {
      this.error = error
    } finally {
      this.busy = false
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'agency-move-dialog': AgencyMoveDialog
  }
}
