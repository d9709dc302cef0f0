import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { shared } from '../../parts/shared'
import { DAYS, type Day, type Rule, shifted } from './recurrence'
import './rule-dates'
import { fits } from './terms'
import { words } from './words'

const ENDS = ['never', 'until', 'count'] as const

/** One rule of a schedule, to be filled in. Fires `change` with the rule as it is now; `check` says what is missing. */
@customElement('schedule-rule')
export class ScheduleRuleFields extends LitElement {
  static override styles = [
    shared,
    css`
      .fields {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(14rem, 100%), 1fr));
        gap: calc(1.5 * var(--space));
        align-items: end;
      }
      fieldset {
        min-inline-size: 0;
        margin: 0;
        padding: 0;
        border: 0;
      }
      .days {
        gap: var(--space) calc(2 * var(--space));
      }
      .one {
        min-block-size: 2.5rem;
      }
      summary {
        padding-block: 0.25rem;
        cursor: pointer;
      }
    `,
  ]
  @property({ attribute: false }) rule!: Rule
  @property({ type: Number }) minutes = 30

  override render() {
    const { rule } = this
    const weekly = rule.frequency === 'WEEKLY'
    return html`<form id="rule" class="stack" @submit=${(event: Event) => event.preventDefault()}>
        <div class="fields">
          <label class="field">
            ${words.repeats}
            <select @change=${(event: Event) => this.#set({ frequency: entered(event) as Rule['frequency'] })}>
              ${(['WEEKLY', 'DAILY'] as const).map((one) => html`<option value=${one} ?selected=${one === rule.frequency}>${words.frequencies[one]}</option>`)}
            </select>
          </label>
          <label class="field">
            ${words.every[rule.frequency]}
            <input type="number" required min="1" max="366" .value=${String(rule.every)} @change=${(event: Event) => this.#set({ every: Number(entered(event)) })} />
          </label>
          <label class="field">
            ${words.first}
            <input name="first" type="date" required min="1970-01-01" max="2199-12-31" .value=${rule.first} @change=${(event: Event) => this.#set({ first: entered(event) })} />
          </label>
        </div>
        <fieldset>
          <legend class="label">${weekly ? words.on : words.only}</legend>
          <div class="row days">
            ${DAYS.map(
              (day) => html`<label class="choice">
                <input name="days" type="checkbox" .checked=${rule.days.includes(day)} @change=${() => this.#toggle(day)} />${words.days[day]}
              </label>`,
            )}
          </div>
        </fieldset>
        <div class="fields">
          <label class="field">
            ${words.from}
            <input type="time" required .value=${rule.from} @change=${(event: Event) => this.#change(shifted(rule, entered(event)))} />
          </label>
          ${
            rule.to
              ? html`<label class="field">
                  ${words.to}
                  <input name="to" type="time" required .value=${rule.to} @change=${(event: Event) => this.#set({ to: entered(event) })} />
                </label>`
              : nothing
          }
          <label class="choice one">
            <input type="checkbox" .checked=${!rule.to} @change=${() => this.#set({ to: rule.to ? '' : windowEnd(rule.from) })} />${words.one}
          </label>
        </div>
        <div class="fields">
          <label class="field">
            ${words.ends}
            <select @change=${(event: Event) => this.#set({ ends: entered(event) as Rule['ends'] })}>
              ${ENDS.map((one) => html`<option value=${one} ?selected=${one === rule.ends}>${words.ending[one]}</option>`)}
            </select>
          </label>
          ${
            rule.ends === 'until'
              ? html`<label class="field">
                  ${words.last}
                  <input name="last" type="date" required max="2199-12-31" .value=${rule.last} @change=${(event: Event) => this.#set({ last: entered(event) })} />
                </label>`
              : nothing
          }
          ${
            rule.ends === 'count'
              ? html`<label class="field">
                  ${words.count}
                  <input type="number" required min="1" max="5000" .value=${String(rule.count)} @change=${(event: Event) => this.#set({ count: Number(entered(event)) })} />
                </label>`
              : nothing
          }
        </div>
      </form>
      <details ?open=${rule.without.length + rule.besides.length > 0}>
        <summary>${words.exceptions(rule.without.length + rule.besides.length)}</summary>
        <div class="stack">
          <rule-dates
            heading=${words.leftOutDays}
            label=${words.leaveOut}
            .rule=${rule}
            .dates=${rule.without}
            @change=${({ detail }: CustomEvent<string[]>) => this.#set({ without: detail })}
          ></rule-dates>
          <rule-dates
            timed
            heading=${words.besidesDays}
            label=${words.addDay}
            .rule=${rule}
            .dates=${rule.besides}
            @change=${({ detail }: CustomEvent<string[]>) => this.#set({ besides: detail })}
          ></rule-dates>
        </div>
      </details>`
  }

  /** Whether it is whole; else the person is shown what is missing. */
  check(): boolean {
    const { rule } = this
    const form = this.renderRoot.querySelector<HTMLFormElement>('#rule')!
    const field = (name: string) => form.querySelector<HTMLInputElement>(`[name=${name}]`)
    field('days')!.setCustomValidity(rule.frequency === 'WEEKLY' && rule.days.length === 0 ? words.someDay : '')
    field('to')?.setCustomValidity(fits(rule, this.minutes) ? '' : words.tooShort)
    field('last')?.setCustomValidity(rule.last && rule.last < rule.first ? words.lastBeforeFirst : '')
    return form.reportValidity()
  }

  #toggle(day: Day) {
    const { days } = this.rule
    this.#set({ days: days.includes(day) ? days.filter((one) => one !== day) : DAYS.filter((one) => one === day || days.includes(one)) })
  }

  #set(given: Partial<Rule>) {
    this.#change({ ...this.rule, ...given })
  }

  #change(rule: Rule) {
    this.rule = rule
    for (const one of this.renderRoot.querySelectorAll<HTMLInputElement>('#rule input')) one.setCustomValidity('')
    this.dispatchEvent(new CustomEvent('change', { detail: rule }))
  }
}

const entered = (event: Event) => (event.target as HTMLInputElement | HTMLSelectElement).value

/** A window of two hours, or until the day is over. */
function windowEnd(from: string): string {
  const hour = Number(from.slice(0, 2)) + 2
  return hour > 23 ? '23:59' : `${String(hour).padStart(2, '0')}:${from.slice(3, 5)}`
}

declare global {
  interface HTMLElementTagNameMap {
    'schedule-rule': ScheduleRuleFields
  }
}
