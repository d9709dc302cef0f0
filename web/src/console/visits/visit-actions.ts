import type { Booking } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/reason-dialog'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import './agency-move-dialog'
import { words } from './words'

type Asking = 'cancel' | 'decline' | 'reschedule'

/** What can be done about a visit now: the buttons, and what they ask. Fires `acted` when something was done. */
@customElement('visit-actions')
export class VisitActions extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) booking!: Booking
  @state() private asking: Asking | null = null
  readonly #acts = new Act(this)

  override render() {
    const { client } = this.session
    const { id: booking_id, outcome } = this.booking
    const record = (what: 'attended' | 'no_show') =>
      outcome === what
        ? nothing
        : this.#button('record_outcome', words.record[what]!, words.recorded, () => client.recordOutcome({ booking_id, outcome: what }))
    return html`<div class="stack">
      <div class="row">
        ${this.#button('approve', words.approve, words.approved, () => client.approveBooking({ booking_id }), 'primary')}
        ${record('attended')} ${record('no_show')}
        ${this.#button('take_back', words.takeBack, words.takenBack, () => client.takeBackBooking({ booking_id }), 'primary')}
        ${this.#comes() ? this.#button('confirm_attendance', words.attendance, words.attending, () => client.confirmAttendance({ booking_id })) : nothing}
        ${this.#dialogButton('reschedule', words.reschedule)} ${this.#dialogButton('decline', words.decline, 'danger')}
        ${this.#dialogButton('cancel', words.cancel, 'danger')}
      </div>
      ${this.#acts.refusal}
    </div>
    ${this.asking ? this.#dialog(this.asking) : nothing}`
  }

  #comes = () => this.booking.attendance_confirmed_at === null

  #can = (action: string) => this.booking.available_actions.includes(action)

  #button(action: string, label: string, done: string, act: () => Promise<unknown>, tone = '') {
    if (!this.#can(action)) return nothing
    return html`<button class=${tone} ?disabled=${this.#acts.busy} @click=${() => this.#do(act, done)}>${label}</button>`
  }

  #dialogButton(action: Asking, label: string, tone = '') {
    if (!this.#can(action)) return nothing
    return html`<button
      class=${tone}
      ?disabled=${this.#acts.busy}
      @click=${() => {
        this.asking = action
      }}
    >
      ${label}
    </button>`
  }

  #dialog(asked: Asking) {
    const { client } = this.session
    const { id: booking_id } = this.booking
    const name = this.booking.applicant?.name ?? words.applicant
    if (asked === 'reschedule') {
      return html`<agency-move-dialog .session=${this.session} .booking=${this.booking} @moved=${this.#acted} @close=${this.#close}></agency-move-dialog>`
    }
    const declines = asked === 'decline'
    return html`<reason-dialog
      heading=${declines ? words.declining : words.cancelling}
      consequence=${declines ? words.declines(name) : words.cancels(name)}
      action=${declines ? words.decline : words.cancel}
      .act=${async (reason: string | undefined) => {
        await (declines ? client.declineBooking({ booking_id, reason }) : client.cancelBooking({ booking_id, reason }))
        tell({ text: declines ? words.declined : words.cancelled })
        this.#acted()
      }}
      @close=${this.#close}
    ></reason-dialog>`
  }

  #close = () => {
    this.asking = null
  }

  #acted = () => this.dispatchEvent(new Event('acted'))

  #do(act: () => Promise<unknown>, done: string) {
    return this.#acts.do(async () => {
      await act()
      tell({ text: done })
      this.#acted()
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'visit-actions': VisitActions
  }
}
