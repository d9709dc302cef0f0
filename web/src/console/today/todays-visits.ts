import type { Booking } from '@estate-os/booking'
import { html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Session } from '../../app/session'
import '../../parts/app-empty'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { hoursOf, viewersZone } from '../../parts/times'
import { dateIn, instantIn } from '../../parts/zones'
import { words } from './words'

const DAY = 86_400_000

/** The visits of today, in the order in which they come. */
@customElement('todays-visits')
export class TodaysVisits extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  #visits!: Reading<Booking[]>

  override connectedCallback() {
    this.#visits ??= new Reading(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['booking.', 'slot.'],
      order: (visits) => visits.map(({ id }) => id),
      lines: 6,
    })
    super.connectedCallback()
  }

  override render() {
    return html`<div class="stack">
      <h1>${words.title}</h1>
      ${this.#visits.render((visits) =>
        visits.length === 0
          ? html`<app-empty told=${words.none}>${words.advice}</app-empty>`
          : html`<ul class="plain stack">
              ${repeat(visits, ({ id }) => id, this.#visit)}
            </ul>`,
      )}
    </div>`
  }

  #visit = (one: Booking) => html`<li class="card row between">
    <div>
      <strong>${hoursOf(one.start_time, one.end_time, one.property.time_zone)}</strong> ${one.property.label}
      <div class="faint">${one.applicant?.name} · ${words.people(one.party_size)}</div>
    </div>
    <span class="badge ${one.status === 'pending_approval' ? 'warning' : ''}">${words.status[one.status] ?? one.status}</span>
  </li>`

  async #read(signal: AbortSignal): Promise<Booking[]> {
    const from = instantIn(viewersZone, `${dateIn(viewersZone, new Date())}T00:00`)
    const asked = { status: ['confirmed', 'pending_approval'] as const, from, to: new Date(from.getTime() + DAY), as: 'agent' as const }
    return Array.fromAsync(this.session.client.each.listBookings({ ...asked, status: [...asked.status] }, { signal }))
  }
}
