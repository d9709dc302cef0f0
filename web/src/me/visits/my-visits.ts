import type { Booking } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Session } from '../../app/session'
import '../../parts/app-empty'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { agencyNames } from '../agencies'
import { words } from '../words'
import './my-claims'
import './my-watches'
import './past-visits'
import './visit-card'

const LONGEST = 86_400_000 // milliseconds that a visit lasts at most

/** Own visits that are ahead; what is offered, held and waited for; watches; and, when asked for, what is past. */
@customElement('my-visits')
export class MyVisits extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  #visits!: Reading<{ visits: Booking[]; agencies: ReadonlyMap<string, string> }>

  override connectedCallback() {
    this.#visits ??= new Reading(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['booking.'],
      order: ({ visits }) => visits.map(({ id }) => id),
    })
    super.connectedCallback()
  }

  override render() {
    return html`<div class="stack">
      <h1>${words.title}</h1>
      ${this.#barred()}
      <my-claims .session=${this.session} @changed=${() => void this.#visits.reload()}></my-claims>
      ${this.#visits.render(({ visits, agencies }) =>
        visits.length === 0
          ? html`<app-empty told=${words.none}>${words.advice} <a href="/app/me/find">${words.find}</a></app-empty>`
          : html`<section class="stack" aria-labelledby="coming">
              <h2 id="coming">${words.coming}</h2>
              <ul class="plain stack">
                ${repeat(
                  visits,
                  ({ id }) => id,
                  (one) => html`<li>
                    <visit-card
                      .session=${this.session}
                      .visit=${one}
                      .agency=${agencies.get(one.organization_id)}
                      @changed=${() => void this.#visits.reload()}
                    ></visit-card>
                  </li>`,
                )}
              </ul>
            </section>`,
      )}
      <my-watches .session=${this.session}></my-watches>
      <past-visits .session=${this.session}></past-visits>
    </div>`
  }

  #barred() {
    const { applicants } = this.session.me
    if (applicants.every(({ eligible }) => eligible)) return nothing
    return this.#visits.value === undefined
      ? nothing
      : applicants
          .filter(({ eligible }) => !eligible)
          .map(({ organization_id }) => html`<p class="card">${words.ineligible(this.#visits.value?.agencies.get(organization_id))}</p>`)
  }

  async #read(signal: AbortSignal) {
    const now = this.session.clock.now()
    const from = new Date(now.getTime() - LONGEST)
    const status = ['confirmed' as const, 'pending_approval' as const, 'cancelled_unconfirmed' as const]
    const asked = Array.fromAsync(this.session.client.each.listBookings({ status, from, as: 'applicant' }, { signal }))
    const [all, agencies] = await Promise.all([asked, agencyNames(this.session)])
    const visits = all.filter((one) =>
      one.status === 'cancelled_unconfirmed' ? one.available_actions.includes('take_back') : one.end_time > now,
    )
    return { visits, agencies }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'my-visits': MyVisits
  }
}
