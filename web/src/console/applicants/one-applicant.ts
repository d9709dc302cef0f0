import type { Applicant, AuditedEvent, Booking, Entry } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import '../../parts/app-empty'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { momentOf, viewersZone } from '../../parts/times'
import { when } from '../../parts/when'
import { statusBadge } from '../visits/visit-status'
import { words as visits } from '../visits/words'
import './applicant-booking'
import { findApplicant } from './find'
import { words } from './words'

interface Known {
  applicant: Applicant | null
  bookings: Booking[]
  entries: Entry[]
  events: AuditedEvent[]
}

/** One applicant: screening, visits, where they wait, and for admins what happened. */
@customElement('one-applicant')
export class OneApplicant extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: 'applicant-id' }) applicantId = ''
  @state() private booking = false
  #known!: Reading<Known>

  override connectedCallback() {
    this.#known ??= new Reading(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['booking.', 'waitlist.', 'applicant.'],
      order: ({ bookings, entries }) => [...bookings, ...entries].map(({ id }) => id),
      lines: 6,
    })
    super.connectedCallback()
  }

  override render() {
    return this.#known.render(({ applicant, bookings, entries, events }) => {
      if (!applicant) return html`<app-empty told=${words.gone}><a href="/app/applicants">${words.back}</a></app-empty>`
      const now = Date.now()
      const coming = bookings.filter((one) => one.start_time.getTime() > now && ['confirmed', 'pending_approval'].includes(one.status))
      const past = bookings.filter((one) => !coming.includes(one)).reverse()
      return html`<div class="stack">
        <a href="/app/applicants">${words.back}</a>
        <div class="row between">
          <h1>${applicant.name}</h1>
          ${applicant.eligible ? html`<button class="primary" @click=${() => this.#book(true)}>${words.book}</button>` : nothing}
        </div>
        <p>
          <a href="mailto:${applicant.email}">${applicant.email}</a> · ${visits.risk(applicant.risk_level)} ·
          ${words.screened}: ${momentOf(applicant.screened_at, viewersZone)} · ${applicant.linked ? words.linked : words.unlinked}
        </p>
        <h2>${words.coming}</h2>
        ${this.#visits(coming)}
        ${
          entries.length
            ? html`<h2>${words.waits}</h2>
              <ul>
                ${entries.map((one) => html`<li>${one.property.label}, ${when(one)} ${statusBadge(one.status)}</li>`)}
              </ul>`
            : nothing
        }
        <h2>${words.past}</h2>
        ${this.#visits(past)} ${events.length ? this.#history(events) : nothing}
      </div>
      ${
        this.booking
          ? html`<applicant-booking .session=${this.session} .applicant=${applicant} @close=${() => this.#book(false)} @booked=${() => void this.#known.reload()}></applicant-booking>`
          : nothing
      }`
    })
  }

  #visits(all: Booking[]) {
    if (all.length === 0) return html`<p class="faint">${words.noVisits}</p>`
    return html`<ul>
      ${all.map(
        (one) => html`<li>
          <a href="/app/visits/${one.id}">${one.property.label}, ${when(one)}</a> ${statusBadge(one.status)}
          ${one.outcome ? (visits.outcomes[one.outcome] ?? one.outcome) : nothing}
        </li>`,
      )}
    </ul>`
  }

  #history(events: AuditedEvent[]) {
    return html`<h2>${words.history}</h2>
      <ul>
        ${events.map((one) => html`<li>${visits.events[one.type] ?? one.type} <span class="small faint">${momentOf(one.occurred_at, viewersZone)}</span></li>`)}
      </ul>`
  }

  #book(open: boolean) {
    this.booking = open
  }

  async #read(signal: AbortSignal): Promise<Known> {
    const { client, me } = this.session
    const applicant_id = this.applicantId
    const [applicant, bookings, entries, events] = await Promise.all([
      findApplicant(client, applicant_id, signal),
      Array.fromAsync(client.each.listBookings({ applicant_id, as: 'agent' }, { signal })),
      Array.fromAsync(client.each.listWaitlist({ as: 'agent' }, { signal })),
      me.agent?.role === 'admin' ? client.listAudit({ applicant_id, limit: 50 }, { signal }).then(({ data }) => data.events) : [],
    ])
    return { applicant, bookings, entries: entries.filter((one) => one.applicant_id === applicant_id), events }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'one-applicant': OneApplicant
  }
}
