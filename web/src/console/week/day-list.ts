import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { shared } from '../../parts/shared'
import { dayOf, hoursOf } from '../../parts/times'
import { dateIn, instantIn } from '../../parts/zones'
import { datesBetween, datesOf } from './dates'
import type { Entry } from './entries'
import { placeOf, titleOf } from './texts'
import { words } from './words'

/** A week as a list by days: for phones, and for whoever likes lists. Fires `open` (id). */
@customElement('day-list')
export class DayList extends LitElement {
  static override styles = [
    shared,
    css`
      li button {
        inline-size: 100%;
        justify-content: flex-start;
        flex-wrap: wrap;
        text-align: start;
        font-weight: 400;
      }
      time {
        flex: 0 0 auto;
        font-variant-numeric: tabular-nums;
        font-weight: 550;
      }
      .who {
        flex: 1 1 6rem;
        min-inline-size: 0;
      }
      li + li {
        margin-block-start: 0.25rem;
      }
    `,
  ]
  @property({ attribute: false }) entries: readonly Entry[] = []
  @property() date = ''
  @property() zone = 'UTC'

  override render() {
    return html`<div class="stack">${datesBetween(...datesOf('list', this.date)).map(this.#day)}</div>`
  }

  #day = (date: string) => {
    const own = this.entries.filter(({ start }) => dateIn(this.zone, start) === date)
    return html`<section>
      <h2>${dayOf(instantIn(this.zone, `${date}T12:00`), this.zone)}</h2>
      ${
        own.length === 0
          ? html`<p class="faint">${words.noneToday}</p>`
          : html`<ul class="plain">
              ${repeat(own, ({ id }) => id, this.#entry)}
            </ul>`
      }
    </section>`
  }

  #entry = (one: Entry) => {
    const look = one.kind === 'block' ? words.looks.block : words.looks[one.look]
    const waits = one.kind === 'slot' && (one.look === 'pending' || one.look === 'held')
    return html`<li>
      <button @click=${() => this.dispatchEvent(new CustomEvent('open', { detail: one.id }))}>
        <time datetime=${one.start.toISOString()}>${hoursOf(one.start, one.end, this.zone)}</time>
        <span class="who">
          ${titleOf(one) === look ? nothing : html`${titleOf(one)}<br />`}<span class="small faint">${placeOf(one)}</span>
        </span>
        <span class="badge ${waits ? 'warning' : ''}">${look}</span>
      </button>
    </li>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'day-list': DayList
  }
}
