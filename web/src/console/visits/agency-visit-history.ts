import type { HistoryEvent } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { momentOf, viewersZone } from '../../parts/times'
import { words } from './words'

/** What happened to a visit, and who did it, the first one first. */
@customElement('agency-visit-history')
export class AgencyVisitHistory extends LitElement {
  static override styles = [
    shared,
    css`
      ol {
        margin: 0;
        padding-inline-start: 1.5rem;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: 'booking-id' }) bookingId = ''
  #events!: Reading<HistoryEvent[]>

  override connectedCallback() {
    this.#events ??= new Reading(this, {
      read: (signal) => Array.fromAsync(this.session.client.each.listBookingHistory({ booking_id: this.bookingId }, { signal })),
      live: this.session.live,
      on: ['booking.'],
    })
    super.connectedCallback()
  }

  override render() {
    return html`<section class="stack" aria-labelledby="heading">
      <h2 id="heading">${words.history}</h2>
      ${this.#events.render((events) =>
        events.length === 0 ? html`<p class="faint">${words.noHistory}</p>` : html`<ol class="stack">${events.map(this.#event)}</ol>`,
      )}
    </section>`
  }

  #event = (one: HistoryEvent) => html`<li>
    <strong>${words.events[one.type] ?? one.type}</strong> ${this.#detail(one)}
    <div class="small faint">${momentOf(one.occurred_at, viewersZone)}, ${words.by(this.#who(one))}</div>
  </li>`

  #detail({ type, to_state, slot, moved_from }: HistoryEvent) {
    if (type === 'booking.outcome_recorded') return to_state ? (words.outcomes[to_state] ?? to_state) : nothing
    if (!moved_from || !slot) return nothing
    return `${words.movedFrom(momentOf(moved_from.start_time, moved_from.property.time_zone))} ${words.movedTo(momentOf(slot.start_time, slot.property.time_zone))}`
  }

  #who({ by }: HistoryEvent): string {
    if (by.you) return words.you
    return by.agent?.name ?? words.roles[by.role] ?? by.role
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'agency-visit-history': AgencyVisitHistory
  }
}
