import type { HistoryEvent } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { momentOf, viewersZone } from '../../parts/times'
import { words } from '../words'

/** What happened to a visit, and who did it, the first thing first. */
@customElement('my-visit-history')
export class MyVisitHistory extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) visitId = ''
  #events!: Reading<HistoryEvent[]>

  override connectedCallback() {
    this.#events ??= new Reading(this, {
      read: (signal) => Array.fromAsync(this.session.client.each.listBookingHistory({ booking_id: this.visitId }, { signal })),
      live: this.session.live,
      on: ['booking.'],
    })
    super.connectedCallback()
  }

  override render() {
    return this.#events.render(
      (events) => html`<ol>
        ${events.map(
          ({ type, occurred_at, by, slot, moved_from }) => html`<li>
            ${words.events[type] ?? type} ${words.by(by.you ? words.you : (by.agent?.name ?? words.roles[by.role] ?? by.role))}
            ${
              moved_from && slot
                ? html`<div class="small">${momentOf(moved_from.start_time, moved_from.property.time_zone)} → ${momentOf(slot.start_time, slot.property.time_zone)}</div>`
                : nothing
            }
            <div class="small faint">${momentOf(occurred_at, slot?.property.time_zone ?? viewersZone)}</div>
          </li>`,
        )}
      </ol>`,
    )
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'my-visit-history': MyVisitHistory
  }
}
