import type { Booking } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import '../../parts/app-empty'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { agencyNames } from '../agencies'
import { words } from '../words'
import './visit-card'

const EACH = 20 // visits more each time that more are asked for

/** Own visits that are over, the latest first; nothing is asked before somebody wants to see them. */
@customElement('past-visits')
export class PastVisits extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @state() private most = 0
  #visits: Reading<{ visits: Booking[]; more: boolean; agencies: ReadonlyMap<string, string> }> | undefined

  override render() {
    if (!this.#visits) return html`<div><button @click=${this.#more}>${words.showPast}</button></div>`
    return html`<section class="stack" aria-labelledby="past">
      <h2 id="past">${words.past}</h2>
      ${this.#visits.render(
        ({ visits, more, agencies }) => html`
          ${visits.length === 0 ? html`<app-empty told=${words.noPast}></app-empty>` : nothing}
          <ul class="plain stack">
            ${visits.map((one) => html`<li><visit-card .session=${this.session} .visit=${one} .agency=${agencies.get(one.organization_id)} @changed=${this.#again}></visit-card></li>`)}
          </ul>
          ${more ? html`<div><button @click=${this.#more}>${words.more}</button></div>` : nothing}
        `,
      )}
    </section>`
  }

  #again = () => void this.#visits?.reload()

  #more = () => {
    this.most += EACH
    if (this.#visits) return void this.#visits.reload()
    this.#visits = new Reading(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['booking.'],
      order: ({ visits }) => visits.map(({ id }) => id),
    })
  }

  async #read(signal: AbortSignal) {
    const now = this.session.clock.now()
    const visits: Booking[] = []
    const agencies = await agencyNames(this.session)
    for await (const one of this.session.client.each.listBookings({ as: 'applicant', sort: '-start' }, { signal })) {
      const live = one.status === 'confirmed' || one.status === 'pending_approval' || one.available_actions.includes('take_back')
      if (live && one.end_time > now) continue
      if (visits.length === this.most) return { visits, more: true, agencies }
      visits.push(one)
    }
    return { visits, more: false, agencies }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'past-visits': PastVisits
  }
}
