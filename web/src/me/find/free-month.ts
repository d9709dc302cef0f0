import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { shared } from '../../parts/shared'
import { locale } from '../../words/page-language'
import { words } from '../words'
import { monthAfter, weeksOf } from './month'

const WEEK_BEGINS = firstDayOf(locale)

/** A month with how much is free on each day. Fires `day` with the one that is chosen, or null; and `month`. */
@customElement('free-month')
export class FreeMonth extends LitElement {
  static override styles = [
    shared,
    css`
      table {
        table-layout: fixed;
      }
      th,
      td {
        padding: 1px;
        border: 0;
        text-align: center;
      }
      td > * {
        display: grid;
        inline-size: 100%;
        min-block-size: 3rem;
        padding: 0.25rem 0;
        line-height: 1.2;
      }
      td > span {
        align-content: center;
        color: var(--faint);
      }
      button.free {
        border-color: var(--line);
      }
      button[aria-pressed="true"] {
        border-color: var(--accent);
        background: var(--accent);
        color: var(--on-accent);
      }
      .count {
        font-size: 0.75rem;
        font-weight: 400;
      }
    `,
  ]
  @property() month = ''
  @property() earliest = ''
  @property({ attribute: false }) free: ReadonlyMap<string, number> = new Map()
  @property({ attribute: false }) chosen: string | null = null

  override render() {
    return html`<div class="row between">
        <button class="quiet" aria-label=${words.earlier} ?disabled=${this.month <= this.earliest} @click=${() => this.#turn(-1)}>←</button>
        <h2 id="month" aria-live="polite">${inWords(this.month, { month: 'long', year: 'numeric' })}</h2>
        <button class="quiet" aria-label=${words.later} @click=${() => this.#turn(1)}>→</button>
      </div>
      <table aria-labelledby="month">
        <thead>
          <tr>
            ${Array.from({ length: 7 }, (_, day) => weekday(day)).map(([short, long]) => html`<th scope="col"><abbr title=${long!}>${short}</abbr></th>`)}
          </tr>
        </thead>
        <tbody>
          ${weeksOf(this.month, WEEK_BEGINS).map((week) => html`<tr>${week.map((date) => html`<td>${date === null ? '' : this.#day(date)}</td>`)}</tr>`)}
        </tbody>
      </table>`
  }

  #day(date: string) {
    const number = Number(date.slice(-2))
    const count = this.free.get(date) ?? 0
    if (count === 0) return html`<span>${number}</span>`
    const chosen = date === this.chosen
    return html`<button
      class="free"
      aria-pressed=${chosen}
      @click=${() => this.dispatchEvent(new CustomEvent('day', { detail: chosen ? null : date }))}
    >
      <span class="visually-hidden">${inWords(date, { weekday: 'long', day: 'numeric', month: 'long' })}: ${words.freeOn(count)}</span>
      <span aria-hidden="true">${number}</span><span class="count" aria-hidden="true">${count}</span>
    </button>`
  }

  #turn(by: number): void {
    this.dispatchEvent(new CustomEvent('month', { detail: monthAfter(this.month, by) }))
  }
}

/** A date without a time, for people. */
export function inWords(date: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(new Date(date))
}

function weekday(index: number) {
  const date = `2024-01-${String(((WEEK_BEGINS - 1 + index) % 7) + 1).padStart(2, '0')}` // the first was a Monday
  return [inWords(date, { weekday: 'narrow' }), inWords(date, { weekday: 'long' })]
}

function firstDayOf(tag: string): number {
  const known = new Intl.Locale(tag) as Intl.Locale & { weekInfo?: { firstDay: number }; getWeekInfo?: () => { firstDay: number } }
  return (known.getWeekInfo?.() ?? known.weekInfo)?.firstDay ?? 1
}

declare global {
  interface HTMLElementTagNameMap {
    'free-month': FreeMonth
  }
}
