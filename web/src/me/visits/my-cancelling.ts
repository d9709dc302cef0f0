import { html } from 'lit'
import { customElement, query } from 'lit/decorators.js'
import { tell } from '../../parts/tell'
import { momentOf } from '../../parts/times'
import { words } from '../words'
import { VisitDialog } from './visit-dialog'

/** Cancels a visit, once its person has read what that means. */
@customElement('my-cancelling')
export class MyCancelling extends VisitDialog {
  @query('textarea') private reason!: HTMLTextAreaElement

  override render() {
    const { property, start_time } = this.visit
    return this.dialog(
      words.cancelHeading,
      html`<p><strong>${property.label ?? words.nameless}, ${momentOf(start_time, property.time_zone)}</strong></p>
        <p>${words.cancelMeans}</p>
        <label class="field">${words.cancelReason}<textarea rows="2" maxlength="500"></textarea></label>`,
      html`<button ?disabled=${this.acts.busy} @click=${this.leave}>${words.keep}</button>
        <button class="danger" ?disabled=${this.acts.busy} @click=${this.#cancel}>${words.cancelIt}</button>`,
    )
  }

  #cancel = () =>
    this.act(async () => {
      const reason = this.reason.value.trim()
      await this.session.client.cancelBooking({ booking_id: this.visit.id, ...(reason && { reason }) })
      tell({ text: words.cancelled })
    })
}

declare global {
  interface HTMLElementTagNameMap {
    'my-cancelling': MyCancelling
  }
}
