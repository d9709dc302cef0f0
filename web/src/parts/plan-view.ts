import type { ChangePlan, PlannedChange } from '@estate-os/booking'
import { html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { shared } from './shared'
import { momentOf } from './times'
import { words } from './words'

const MOST = 50 // rows that somebody reads

/** Names for the ids in a plan; what is not named is shown by the beginning of its id. */
export type Names = ReadonlyMap<string, string>

/** A plan: what happens to each slot, and to everybody who has a visit, a hold, an offer or a place in the queue there. */
@customElement('plan-view')
export class PlanView extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) plan!: ChangePlan
  @property({ attribute: false }) names: Names = new Map()
  @property() zone = 'UTC'

  override render() {
    const { slots } = this.plan
    const changed = slots.filter(({ fate }) => fate !== 'stays')
    const people = new Set(changed.flatMap(({ claims, waitlist }) => [...claims, ...waitlist].map(({ applicant_id }) => applicant_id)))
    return html`<div class="stack">
      <p><strong>${words.plan(changed.length, people.size)}</strong></p>
      ${
        slots.length === 0
          ? ''
          : html`<div class="scroller" tabindex="0" role="region" aria-label=${words.plan(changed.length, people.size)}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">${words.planWhen}</th>
                    <th scope="col">${words.planFate}</th>
                    <th scope="col">${words.planPeople}</th>
                  </tr>
                </thead>
                <tbody>
                  ${slots.slice(0, MOST).map(this.#slot)}
                </tbody>
              </table>
            </div>`
      }
      ${slots.length > MOST ? html`<p class="faint">${words.more(slots.length - MOST)}</p>` : ''}
    </div>`
  }

  #slot = (one: PlannedChange) => html`<tr>
    <td>${momentOf(one.was.start_time, this.zone)}<br /><span class="small faint">${this.#named(one.property_id)}</span></td>
    <td>${this.#fate(one)}</td>
    <td>
      ${[...one.claims, ...one.waitlist].map(
        ({ applicant_id, was, becomes }) =>
          html`<div>${this.#named(applicant_id)}: ${was === becomes ? (words.statuses[was] ?? was) : `${words.statuses[was] ?? was} → ${words.statuses[becomes] ?? becomes}`}</div>`,
      )}
    </td>
  </tr>`

  #fate({ fate, was, becomes }: PlannedChange) {
    const moved = was.start_time.getTime() !== becomes.start_time.getTime() ? momentOf(becomes.start_time, this.zone) : ''
    const given = was.agent_id !== becomes.agent_id ? this.#named(becomes.agent_id) : ''
    if (given && !moved) return words.goesTo(given)
    const to = [moved, given].filter(Boolean).join(', ')
    return `${words.fates[fate] ?? fate}${to ? ` → ${to}` : ''}`
  }

  #named = (id: string) => this.names.get(id) ?? words.nameless(id.slice(0, 8))
}

declare global {
  interface HTMLElementTagNameMap {
    'plan-view': PlanView
  }
}
