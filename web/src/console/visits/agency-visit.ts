import type { Booking } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import '../../parts/deadline-left'
import { momentOf, viewersZone } from '../../parts/times'
import { words as parts } from '../../parts/words'
import './visit-actions'
import './agency-visit-history'
import './visit-notices'
import { when } from '../../parts/when'
import { statusBadge } from './visit-status'
import { words } from './words'

/** Everything of one visit, and what can be done about it: as a page, or in a dialog. Fires `acted` when something was done. */
@customElement('agency-visit')
export class AgencyVisit extends LitElement {
  static override styles = [
    shared,
    css`
      dl {
        display: grid;
        grid-template-columns: minmax(6rem, max-content) minmax(0, 1fr);
        gap: 0.375rem calc(2 * var(--space));
        margin: 0;
      }
      dt {
        color: var(--faint);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      .written {
        white-space: pre-line;
      }
      @media (width < 30rem) {
        dl {
          grid-template-columns: minmax(0, 1fr);
          gap: 0;
        }
        dd {
          margin-block-end: var(--space);
        }
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: 'booking-id' }) bookingId = ''
  readonly #acts = new Act(this)
  #visit!: Reading<Booking>

  override connectedCallback() {
    this.#visit ??= new Reading(this, {
      read: async (signal) => (await this.session.client.getBooking({ booking_id: this.bookingId }, { signal })).data.booking,
      live: this.session.live,
      on: ['booking.', 'slot.'],
      order: ({ available_actions }) => available_actions,
      lines: 6,
    })
    super.connectedCallback()
  }

  override render() {
    return this.#visit.render((one) => {
      const { session, bookingId } = this
      return html`<div class="stack">
        <div class="row between">
          <h1>${one.applicant?.name ?? words.title}</h1>
          ${statusBadge(one.status)}
        </div>
        ${one.needs_review ? html`<p class="badge warning">${words.review}</p>` : nothing}
        <visit-actions .session=${session} .booking=${one} @acted=${this.#acted}></visit-actions>
        <dl class="card">${this.#facts(one)}</dl>
        ${this.#switches(one)} ${this.#acts.refusal}
        <agency-visit-history .session=${session} booking-id=${bookingId}></agency-visit-history>
        <visit-notices .session=${session} booking-id=${bookingId}></visit-notices>
      </div>`
    })
  }

  #facts(one: Booking) {
    const { property: home, agent, applicant, feedback } = one
    return [
      this.#fact(words.when, when(one)),
      this.#fact(words.home, home.label ?? parts.nameless(home.id.slice(0, 8))),
      this.#fact(words.address, home.address ?? home.area),
      this.#fact(words.meeting, home.meeting_point),
      this.#fact(words.directions, home.directions),
      this.#fact(words.access, one.access_note),
      applicant &&
        this.#fact(
          words.applicant,
          html`<a href="/app/applicants/${applicant.id}">${applicant.name}</a> · <a href="mailto:${applicant.email}">${applicant.email}</a> ·
            ${words.risk(applicant.risk_level)}`,
        ),
      this.#fact(words.party, one.party_size),
      this.#fact(words.agent, [agent.name ?? parts.nameless(agent.id.slice(0, 8)), agent.phone].filter(Boolean).join(' · ')),
      this.#fact(words.notes, one.notes && html`<div class="written">${one.notes}</div>`),
      this.#fact(words.why, one.reason),
      this.#fact(words.asked, momentOf(one.created_at, viewersZone)),
      one.status === 'pending_approval' && one.approval_deadline
        ? this.#fact(
            words.decideBy,
            html`${momentOf(one.approval_deadline, viewersZone)} <deadline-left .clock=${this.session.clock} .until=${one.approval_deadline}></deadline-left>`,
          )
        : nothing,
      one.status === 'confirmed'
        ? this.#fact(
            words.comes,
            one.attendance_confirmed_at ? words.said(momentOf(one.attendance_confirmed_at, viewersZone)) : words.notSaid,
          )
        : nothing,
      this.#fact(words.outcome, one.outcome && (words.outcomes[one.outcome] ?? one.outcome)),
      this.#fact(words.feedback, feedback && `${words.rating(feedback.rating)} ${feedback.comment}`),
    ]
  }

  #fact(name: string, value: unknown) {
    return value === null || value === undefined || value === '' ? nothing : html`<dt>${name}</dt><dd>${value}</dd>`
  }

  #switches(one: Booking) {
    const live = ['confirmed', 'pending_approval'].includes(one.status) && one.start_time.getTime() > Date.now()
    return html`<div class="row">
      ${
        live
          ? html`<label class="choice">
            <input type="checkbox" .checked=${one.may_release} ?disabled=${this.#acts.busy} @change=${() => this.#release(one)} />
            ${words.release}
          </label>`
          : nothing
      }
      ${live ? html`<button ?disabled=${this.#acts.busy} @click=${() => this.#sendLinks()}>${words.sendLinks}</button>` : nothing}
      <a class="button" href="/app/open-house/${one.slot_id}">${words.slot}</a>
    </div>`
  }

  #acted = () => {
    void this.#visit.reload()
    this.dispatchEvent(new Event('acted'))
  }

  #release({ id: booking_id, may_release }: Booking) {
    const set = (to: boolean) => this.session.client.changeBooking({ booking_id, may_release: to }).finally(() => this.#visit.reload())
    return this.#acts.do(async () => {
      await set(!may_release)
      tell({ text: may_release ? words.releaseKept : words.releaseOn, undo: () => set(may_release) })
    })
  }

  #sendLinks() {
    return this.#acts.do(async () => {
      await this.session.client.createBookingLinks({ booking_id: this.bookingId })
      tell({ text: words.linksSent })
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'agency-visit': AgencyVisit
  }
}
