import type { Booking } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import { download } from '../../parts/download'
import { late } from '../../parts/late'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { calendarFile } from '../../scheduler/calendar-file'
import { words } from '../words'

type Asking = 'cancel' | 'move' | 'feedback'

/** What can be done with an own visit. Fires `changed` once it was done; `linked` adds the way to its page. */
@customElement('my-visit-actions')
export class MyVisitActions extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) visit!: Booking
  @property({ type: Boolean }) linked = false
  @state() private asking: Asking | null = null
  readonly #acts = new Act(this)

  override render() {
    const { id, available_actions: can, status } = this.visit
    const client = this.session.client
    const confirm = () => this.#do(() => client.confirmAttendance({ booking_id: id }), words.confirmed)
    const takeBack = () => this.#do(() => client.takeBackBooking({ booking_id: id }), words.tookBack)
    return html`<div class="stack">
      <div class="row">
        ${can.includes('take_back') ? this.#button(words.takeBack, takeBack, 'primary') : nothing}
        ${can.includes('confirm_attendance') && !this.visit.attendance_confirmed_at ? this.#button(words.confirm, confirm, 'primary') : nothing}
        ${can.includes('reschedule') ? this.#button(words.move, () => this.#ask('move')) : nothing}
        ${can.includes('give_feedback') ? this.#button(words.rate, () => this.#ask('feedback'), 'primary') : nothing}
        ${status === 'confirmed' && this.visit.end_time > this.session.clock.now() ? this.#button(words.calendar, this.#keep) : nothing}
        ${this.linked ? html`<a class="button quiet" href="/app/me/visits/${id}">${words.details}</a>` : nothing}
        ${can.includes('cancel') ? this.#button(words.cancel, () => this.#ask('cancel'), 'danger') : nothing}
      </div>
      ${this.#acts.refusal} ${this.#dialog()}
    </div>`
  }

  #button(name: string, act: () => unknown, kind = '') {
    return html`<button class=${kind} ?disabled=${this.#acts.busy} @click=${act}>${name}</button>`
  }

  #ask(asking: Asking): void {
    this.#acts.forget()
    this.asking = asking
  }

  #dialog() {
    const { session, visit } = this
    switch (this.asking) {
      case 'cancel': {
        const cancel = () =>
          html`<my-cancelling .session=${session} .visit=${visit} @close=${this.#close} @done=${this.#done}></my-cancelling>`
        return late(this, 'my-cancelling', () => import('./my-cancelling'), cancel, nothing)
      }
      case 'move': {
        const move = () => html`<my-move .session=${session} .visit=${visit} @close=${this.#close} @done=${this.#done}></my-move>`
        return late(this, 'my-move', () => import('./my-move'), move, nothing)
      }
      case 'feedback': {
        const rate = () => html`<my-feedback .session=${session} .visit=${visit} @close=${this.#close} @done=${this.#done}></my-feedback>`
        return late(this, 'my-feedback', () => import('./my-feedback'), rate, nothing)
      }
      default:
        return nothing
    }
  }

  #close = () => {
    this.asking = null
  }

  #done = () => {
    this.asking = null
    this.#changed()
  }

  #changed(): void {
    this.dispatchEvent(new Event('changed', { bubbles: true, composed: true }))
  }

  #keep = () =>
    this.#acts.do(async () => {
      const { booking } = (await this.session.client.getBooking({ booking_id: this.visit.id })).data // with the address
      const title = words.calendarTitle(booking.property.label ?? words.nameless)
      download(words.calendarFile, calendarFile(booking, title, this.session.clock.now()), 'text/calendar')
    })

  #do(act: () => Promise<unknown>, done: string) {
    return this.#acts.do(async () => {
      await act()
      tell({ text: done })
      this.#changed()
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'my-visit-actions': MyVisitActions
  }
}
