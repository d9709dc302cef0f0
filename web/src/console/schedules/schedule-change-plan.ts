import type { ScheduleChangePlan } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import '../../parts/plan-view'
import { shared } from '../../parts/shared'
import { momentOf } from '../../parts/times'
import { type Change, isNothing, sorted } from './change'
import { type Names, nameOf } from './names'
import './planned-slots'
import { words } from './words'

/** What a change of a schedule does: who loses a visit, what stays, and what is made. */
@customElement('schedule-change-plan')
export class ScheduleChangePlanView extends LitElement {
  static override styles = [
    shared,
    css`
      ul {
        margin: 0;
      }
      summary {
        padding-block: 0.25rem;
        font-weight: 550;
        cursor: pointer;
      }
    `,
  ]
  @property({ attribute: false }) plan!: ScheduleChangePlan
  @property({ attribute: false }) change!: Change
  @property({ attribute: false }) names: Names = new Map()
  @property() zone = 'UTC'

  override render() {
    const { gone, kept, made, notMade } = sorted(this.plan)
    const counts = [
      gone.length ? words.cancelled(gone.length) : '',
      kept.length ? words.stay(kept.length) : '',
      made.length ? words.isMade(made.length - notMade) : '',
      notMade ? words.notMade(notMade) : '',
    ].filter(Boolean)
    const touched = gone.filter(({ claims, waitlist }) => claims.length + waitlist.length > 0)
    const view = (slots: typeof gone) =>
      html`<plan-view .plan=${{ hash: this.plan.hash, slots }} .names=${this.names} zone=${this.zone}></plan-view>`
    return html`<div class="stack">
      <p role="status"><strong>${counts.length ? `${counts.join('; ')}.` : this.#nothing()}</strong></p>
      ${this.change.terms || this.change.scope === 'this' ? nothing : html`<p>${words.noMore}</p>`}
      ${isNothing(this.change, sorted(this.plan)) ? html`<p>${words.keptAdvice} <a href="/app/week">${words.toWeek}</a></p>` : nothing}
      ${touched.length ? html`<h3>${words.gonePeople}</h3>${view(touched)}` : nothing}
      ${
        kept.length
          ? html`<h3>${words.keptHeading}</h3>
              <ul>
                ${kept.map(({ kept: why, slot }) => {
                  const people = [
                    ...new Set([...slot.claims, ...slot.waitlist].map(({ applicant_id }) => nameOf(this.names, applicant_id))),
                  ]
                  return html`<li>
                    ${momentOf(slot.was.start_time, this.zone)}: ${words.kept[why!] ?? why}${people.length ? ` (${people.join(', ')})` : nothing}
                  </li>`
                })}
              </ul>`
          : nothing
      }
      ${
        made.length
          ? html`<h3>${words.madeHeading}</h3>
              <planned-slots .slots=${made} zone=${this.zone}></planned-slots>`
          : nothing
      }
      ${
        gone.length > touched.length
          ? html`<details>
              <summary>${words.goneAll}</summary>
              ${view(gone)}
            </details>`
          : nothing
      }
    </div>`
  }

  #nothing = () => (this.change.scope === 'this' && !this.change.terms ? words.noneYet : words.nothing)
}

declare global {
  interface HTMLElementTagNameMap {
    'schedule-change-plan': ScheduleChangePlanView
  }
}
