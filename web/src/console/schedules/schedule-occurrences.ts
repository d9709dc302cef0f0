import type { Schedule, ScheduleOccurrence } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import '../../parts/app-empty'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { dayOf, hoursOf, momentOf } from '../../parts/times'
import { dateIn } from '../../parts/zones'
import { datesOf, daysOn, instantsOf, turned, type View } from '../week/dates'
import { byDay } from './days'
import { dateText } from './local-days'
import { type Names, nameOf } from './names'
import { canChange, firstDate, isElsewhere } from './occurrence'
import { words } from './words'

const VIEWS: readonly View[] = ['week', 'month']

/** What became of a schedule's occurrences, a week or a month at a time. Fires `choose` with one that is to be changed. */
@customElement('schedule-occurrences')
export class ScheduleOccurrences extends LitElement {
  static override styles = [
    shared,
    css`
      .bar {
        align-items: end;
      }
      .time {
        min-inline-size: 7.5rem;
        font-variant-numeric: tabular-nums;
      }
      li {
        min-block-size: 2.75rem;
        padding-block: 0.25rem;
        border-block-end: 1px solid var(--line);
      }
      li .row {
        flex: 1;
      }
      li button {
        min-block-size: 2rem;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) schedule!: Schedule
  @property({ attribute: false }) names: Names = new Map()
  @state() private view: View = 'week'
  @state() private date = ''
  #shown!: Reading<readonly ScheduleOccurrence[]>

  override connectedCallback() {
    this.date ||= [this.#today(), firstDate(this.schedule)].sort().pop()!
    this.#shown ??= new Reading<readonly ScheduleOccurrence[]>(this, {
      read: async (signal) => {
        const [from, to] = instantsOf(this.view, this.date, this.schedule.time_zone)
        return Array.fromAsync(
          this.session.client.each.listOccurrences({ schedule_id: this.schedule.id, from, to, limit: 100 }, { signal }),
        )
      },
      live: this.session.live,
      on: ['schedule.', 'slot.'],
      order: (all) => all.map(({ occurrence }) => occurrence),
      lines: 6,
    })
    super.connectedCallback()
  }

  override render() {
    const [first, after] = datesOf(this.view, this.date)
    return html`<section class="stack" aria-labelledby="occurrences">
      <div class="row between bar">
        <div>
          <h2 id="occurrences">${words.occurrences}</h2>
          <p aria-live="polite">${words.span(dateText(first), dateText(daysOn(after, -1)))}</p>
        </div>
        <div class="row bar">
          <label class="field">
            ${words.view}
            <select @change=${(event: Event) => this.#go({ view: (event.target as HTMLSelectElement).value as View })}>
              ${VIEWS.map((one) => html`<option value=${one} ?selected=${one === this.view}>${words.views[one]}</option>`)}
            </select>
          </label>
          <button @click=${() => this.#go({ date: turned(this.view, this.date, -1) })}>${words.before}</button>
          <button @click=${() => this.#go({ date: this.#today() })}>${words.today}</button>
          <button @click=${() => this.#go({ date: turned(this.view, this.date, 1) })}>${words.after}</button>
        </div>
      </div>
      ${this.#shown.render((all) =>
        all.length === 0
          ? html`<app-empty told=${words.noOccurrences}
              >${this.schedule.status === 'ended' ? nothing : words.noOccurrencesAdvice(this.schedule.horizon_days)}</app-empty
            >`
          : html`${[...byDay(all, this.schedule.time_zone).values()].map(
              (day) => html`<div>
                <h3>${dayOf(day[0]!.start_time, this.schedule.time_zone)}</h3>
                <ul class="plain">
                  ${day.map(this.#occurrence)}
                </ul>
              </div>`,
            )}`,
      )}
    </section>`
  }

  #occurrence = (one: ScheduleOccurrence) => {
    const zone = this.schedule.time_zone
    const hours = hoursOf(one.start_time, one.end_time, zone)
    return html`<li class="row">
      <div class="row">
        <span class="time">${hours}</span>
        <span class="badge ${one.state === 'made' ? '' : 'warning'}">${words.states[one.state] ?? one.state}</span>
        ${one.state === 'skipped' && one.reason ? html`<span>${words.reasons[one.reason] ?? one.reason}</span>` : nothing}
        ${isElsewhere(one) ? html`<span>${words.nowAt(this.#where(one, zone))}</span>` : nothing}
        ${one.slot && one.slot.agent_id !== this.schedule.agent_id ? html`<span>${words.nowBy(nameOf(this.names, one.slot.agent_id))}</span>` : nothing}
        ${one.state === 'made' ? html`<a href="/app/open-house/${one.slot_id}" aria-label="${words.visitors}: ${hours}">${words.visitors}</a>` : nothing}
      </div>
      ${
        canChange(this.schedule, one, new Date())
          ? html`<button aria-label=${words.changeOf(hours)} @click=${() => this.dispatchEvent(new CustomEvent('choose', { detail: one }))}>
              ${words.changeOne}
            </button>`
          : nothing
      }
    </li>`
  }

  /** The hours of the slot, with its day where that is another one. */
  #where({ slot, start_time }: ScheduleOccurrence, zone: string): string {
    if (!slot) return ''
    const sameDay = dateIn(zone, slot.start_time) === dateIn(zone, start_time)
    return sameDay ? hoursOf(slot.start_time, slot.end_time, zone) : momentOf(slot.start_time, zone)
  }

  #today = () => dateIn(this.schedule.time_zone, new Date())

  #go(given: { view?: View; date?: string }) {
    if (given.view) this.view = given.view
    if (given.date) this.date = given.date
    void this.#shown.reload()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'schedule-occurrences': ScheduleOccurrences
  }
}
