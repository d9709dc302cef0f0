import type { FigureRow, VisitReport } from '@estate-os/booking'
import { html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { shared } from '../../parts/shared'
import { locale } from '../../words/page-language'
import { rowName } from './rows'
import { words } from './words'

const percent = new Intl.NumberFormat(locale, { style: 'percent' })
const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })

type Sums = Omit<FigureRow, 'date' | 'hour' | 'property' | 'agent'>

/** Every number of a report, row by row, and their sum. */
@customElement('figures-table')
export class FiguresTable extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) report!: VisitReport
  @property() label = ''

  override render() {
    const { rows, total, group } = this.report
    return html`<div class="scroller" tabindex="0" role="region" aria-label=${this.label}>
      <table>
        <thead>
          <tr>
            <th scope="col">${words.groups[group as keyof typeof words.groups]}</th>
            ${Object.values(words.sums).map((name) => html`<th scope="col" class="number">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => html`<tr><th scope="row">${rowName(row, group)}</th>${this.#cells(row)}</tr>`)}
        </tbody>
        <tfoot>
          <tr><th scope="row">Σ</th>${this.#cells(total)}</tr>
        </tfoot>
      </table>
    </div>`
  }

  #cells({ booked, attended, no_show, not_recorded, coming, cancelled, fill, lead_hours, rating }: Sums) {
    const told = [
      ...[booked, attended, no_show, not_recorded, coming, cancelled.total].map((count) => decimal.format(count)),
      fill === null ? '–' : percent.format(fill),
      lead_hours === null ? '–' : words.hours(lead_hours),
      rating === null ? '–' : words.rating(decimal.format(rating.mean), rating.count),
    ]
    return told.map((one) => html`<td class="number">${one}</td>`)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'figures-table': FiguresTable
  }
}
