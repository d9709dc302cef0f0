import type { Notice } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { messages } from '../../parts/message-words'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { momentOf, viewersZone } from '../../parts/times'
import { words } from './words'

const BAD = new Set(['bounced', 'complained', 'failed', 'unknown', 'suppressed'])

/** Who is written to of a visit, about what, and how far each message is. */
@customElement('visit-notices')
export class VisitNotices extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: 'booking-id' }) bookingId = ''
  #notices!: Reading<Notice[]>

  override connectedCallback() {
    this.#notices ??= new Reading(this, {
      read: async (signal) => (await this.session.client.listBookingNotices({ booking_id: this.bookingId }, { signal })).data.notices,
      live: this.session.live,
      on: ['booking.'],
    })
    super.connectedCallback()
  }

  override render() {
    return html`<section class="stack" aria-labelledby="heading">
      <h2 id="heading">${words.notices}</h2>
      ${this.#notices.render((notices) =>
        notices.length === 0
          ? html`<p class="faint">${words.noNotices}</p>`
          : html`<div class="scroller" tabindex="0" role="region" aria-label=${words.noticesTable}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">${words.notice}</th>
                    <th scope="col">${words.to}</th>
                    <th scope="col">${words.by_}</th>
                    <th scope="col">${words.due}</th>
                    <th scope="col">${words.state}</th>
                  </tr>
                </thead>
                <tbody>
                  ${notices.map(this.#notice)}
                </tbody>
              </table>
            </div>`,
      )}
    </section>`
  }

  #notice = (one: Notice) => html`<tr>
    <td>${messages.kinds[one.kind] ?? one.kind}</td>
    <td>${messages.recipients[one.recipient] ?? one.recipient}</td>
    <td>${messages.channels[one.channel] ?? one.channel}</td>
    <td>${momentOf(one.due_at, viewersZone)}</td>
    <td>
      <span class="badge ${BAD.has(one.state) ? 'danger' : ''}">${words.states[one.state] ?? one.state}</span>
      ${one.reason ? html`<div class="small faint">${one.reason}</div>` : nothing}
    </td>
  </tr>`
}

declare global {
  interface HTMLElementTagNameMap {
    'visit-notices': VisitNotices
  }
}
