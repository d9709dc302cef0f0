import type { Booking } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { words } from './words'

/** One who comes: what they said, and what is to be done about them now. Fires `done` after a change. */
@customElement('todays-visit')
export class TodaysVisit extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) visit!: Booking
  readonly #acts = new Act(this)

  override render() {
    const { id, applicant, party_size, status, notes, attendance_confirmed_at, outcome, available_actions: can } = this.visit
    const name = applicant?.name ?? ''
    return html`<div class="stack">
      <div class="row between">
        <div>
          <a href=${`/app/visits/${id}`}>${name}</a> · ${words.people(party_size)}
          ${applicant ? html`<div class="small"><a href=${`mailto:${applicant.email}`}>${applicant.email}</a></div>` : nothing}
          ${notes ? html`<q>${notes}</q>` : nothing}
        </div>
        <span class="badge ${status === 'pending_approval' ? 'warning' : ''}">
          ${outcome ? words.outcomes[outcome] : status === 'confirmed' && attendance_confirmed_at ? words.coming : (words.status[status] ?? status)}
        </span>
      </div>
      ${
        can.includes('record_outcome')
          ? html`<div class="row" role="group" aria-label=${words.outcomeOf(name)}>
              ${(['attended', 'no_show'] as const).map(
                (one) =>
                  html`<button aria-pressed=${outcome === one ? 'true' : 'false'} ?disabled=${this.#acts.busy} @click=${() => this.#record(one)}>
                    ${outcome === one ? '✓ ' : ''}${words.outcomes[one]}
                  </button>`,
              )}
            </div>`
          : nothing
      }
      ${
        can.includes('approve')
          ? html`<div class="row">
              <button class="primary" ?disabled=${this.#acts.busy} @click=${this.#approve}>${words.approve(name)}</button>
              <a class="button" href="/app/requests">${words.allRequests}</a>
            </div>`
          : nothing
      }
      ${this.#acts.refusal}
    </div>`
  }

  #record(outcome: 'attended' | 'no_show') {
    const { id: booking_id, outcome: before, applicant } = this.visit
    const { client } = this.session
    return this.#write(async () => {
      await client.recordOutcome({ booking_id, outcome })
      const undo = before && before !== outcome ? { undo: () => client.recordOutcome({ booking_id, outcome: before }) } : {}
      tell({ text: words.recorded(applicant?.name ?? '', words.outcomes[outcome] ?? outcome), ...undo })
    })
  }

  #approve = () =>
    this.#write(async () => {
      await this.session.client.approveBooking({ booking_id: this.visit.id })
      tell({ text: words.approved(this.visit.applicant?.name ?? '') })
    })

  async #write(act: () => Promise<void>): Promise<void> {
    if (await this.#acts.do(act)) this.dispatchEvent(new Event('done'))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'todays-visit': TodaysVisit
  }
}
