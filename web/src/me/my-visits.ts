import type { Booking } from '@estate-os/booking'
import { html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Session } from '../app/session'
import '../parts/app-empty'
import { Reading } from '../parts/reading'
import { shared } from '../parts/shared'
import { hoursOf, momentOf } from '../parts/times'
import { words } from './words'

/** The coming visits of whoever is signed in. */
@customElement('my-visits')
export class MyVisits extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  #visits!: Reading<Booking[]>

  override connectedCallback() {
    this.#visits ??= new Reading(this, {
      read: (signal) =>
        Array.fromAsync(
          this.session.client.each.listBookings(
            { status: ['confirmed', 'pending_approval'], from: new Date(), as: 'applicant' },
            { signal },
          ),
        ),
      live: this.session.live,
      on: ['booking.'],
      order: (visits) => visits.map(({ id }) => id),
    })
    super.connectedCallback()
  }

  override render() {
    return this.#visits.render((visits) =>
      visits.length === 0
        ? html`<app-empty told=${words.none}>${words.advice}</app-empty>`
        : html`<ul class="plain stack">
            ${repeat(
              visits,
              ({ id }) => id,
              (one) =>
                html`<li class="card">
                  <strong>${momentOf(one.start_time, one.property.time_zone)}</strong>
                  <span class="visually-hidden">${hoursOf(one.start_time, one.end_time, one.property.time_zone)}</span>
                  <div>${one.property.label}</div>
                </li>`,
            )}
          </ul>`,
    )
  }
}
