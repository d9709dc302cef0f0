import type { Booking } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { shared } from '../../parts/shared'
import { clocksDiffer, dayOf, hoursOf, momentOf, viewersZone, zoneName } from '../../parts/times'
import { words } from '../words'
import './my-visit-actions'

/** One own visit: when, where, how it stands, and what can be done. Fires `changed`. */
@customElement('visit-card')
export class VisitCard extends LitElement {
  static override styles = [
    shared,
    css`
      .when {
        font-size: 1.0625rem;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) visit!: Booking
  /** On a page of its own, that has its heading. */
  @property({ type: Boolean }) alone = false
  @property({ attribute: false }) agency: string | undefined

  override render() {
    const one = this.visit
    const zone = one.property.time_zone
    return html`<article class="card stack">
      <div class="row between">
        ${this.alone ? nothing : html`<h3>${one.property.label ?? words.nameless}</h3>`}
        <span class="badge ${badge(one.status)}">${words.status[one.status] ?? one.status}</span>
      </div>
      <div>
        <strong class="when">${dayOf(one.start_time, zone)}, ${hoursOf(one.start_time, one.end_time, zone)}</strong>
        ${
          !clocksDiffer(zone, one.start_time)
            ? nothing
            : html`<div class="small faint">
                ${zoneName(zone, one.start_time)} · ${words.yourTime(momentOf(one.start_time, viewersZone), zoneName(viewersZone, one.start_time))}
              </div>`
        }
        <div class="faint">
          ${[one.property.area, one.agent.name ? words.withAgent(one.agent.name) : null, words.people(one.party_size), this.agency].filter(Boolean).join(' · ')}
        </div>
      </div>
      ${one.status === 'pending_approval' && one.approval_deadline ? html`<p>${words.pending(momentOf(one.approval_deadline, zone))}</p>` : nothing}
      ${one.attendance_confirmed_at ? html`<p class="small">✓ ${words.coming_said}</p>` : nothing} ${this.#cutoff()}
      <my-visit-actions .session=${this.session} .visit=${one} ?linked=${!this.alone}></my-visit-actions>
    </article>`
  }

  #cutoff() {
    const { available_actions, cancel_until, start_time, status, property } = this.visit
    if (status !== 'confirmed' && status !== 'pending_approval') return nothing
    if (available_actions.includes('cancel') && cancel_until && cancel_until < start_time) {
      return html`<p class="small faint">${words.cancelUntil(momentOf(cancel_until, property.time_zone))}</p>`
    }
    if (!available_actions.includes('cancel') && start_time > this.session.clock.now())
      return html`<p class="small faint">${words.tooLate}</p>`
    return nothing
  }
}

const badge = (status: string) => (status === 'pending_approval' || status === 'cancelled_unconfirmed' ? 'warning' : '')

declare global {
  interface HTMLElementTagNameMap {
    'visit-card': VisitCard
  }
}
