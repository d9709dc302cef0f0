import type { VisitReport } from '@estate-os/booking'
import { css, html, LitElement } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { Act } from '../../parts/act'
import { download } from '../../parts/download'
import '../../parts/app-empty'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { viewersZone } from '../../parts/times'
import { dateIn } from '../../parts/zones'
import { locale } from '../../words/page-language'
import './figures-table'
import './owners-page'
import type { Session } from '../../app/session'
import { boundsOf, later, type Month, monthOf } from './months'
import { barName } from './rows'
import { words } from './words'

type Group = keyof typeof words.groups

const named = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'long', year: 'numeric' })

/** What came of a month's visits: a chart, and a table with every number. */
@customElement('agency-figures')
export class AgencyFigures extends LitElement {
  static override styles = [
    shared,
    css`
      .sums {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr));
        gap: var(--space);
        margin: 0;
      }
      .sums div {
        display: flex;
        flex-direction: column-reverse;
      }
      dd {
        margin: 0;
        font-size: 1.5rem;
        font-weight: 650;
      }
      .key::before {
        display: inline-block;
        inline-size: 0.75rem;
        block-size: 0.75rem;
        margin-inline-end: 0.375rem;
        border-radius: 2px;
        background: var(--edge);
        content: "";
      }
      .key.attended::before {
        background: var(--accent);
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @state() private month: Month = monthOf(dateIn(viewersZone, new Date()))
  @state() private group: Group = 'day'
  readonly #acts = new Act(this)
  #zone = viewersZone
  #report!: Reading<VisitReport>

  override connectedCallback() {
    this.#report ??= new Reading(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['booking.', 'slot.', 'organization.'],
      order: ({ rows }) => rows.map(barName),
      lines: 5,
    })
    super.connectedCallback()
    void import('./visits-chart')
  }

  override render() {
    const month = named.format(new Date(`${this.month}-01T00:00Z`))
    return html`<div class="stack">
      <div class="row between">
        <h1>${words.title}</h1>
        <div class="row">
          <label>${words.month} <input type="month" .value=${this.month} @change=${this.#chooseMonth} /></label>
          <label>
            ${words.by}
            <select @change=${this.#chooseGroup}>
              ${Object.entries(words.groups).map(([id, name]) => html`<option value=${id} ?selected=${id === this.group}>${name}</option>`)}
            </select>
          </label>
        </div>
      </div>
      ${this.#report.render((report) => this.#shown(report, month))}
      <owners-page .session=${this.session} .month=${this.month}></owners-page>
    </div>`
  }

  #shown(report: VisitReport, month: string) {
    const { total, rows } = report
    if (total.slots === 0 && total.booked === 0) return html`<app-empty told=${words.none}>${words.advice}</app-empty>`
    const sums = {
      booked: total.booked,
      attended: total.attended,
      no_show: total.no_show,
      coming: total.coming,
      cancelled: total.cancelled.total,
    }
    return html`
      <dl class="card sums">
        ${Object.entries(sums).map(([name, count]) => html`<div><dt class="faint">${words.sums[name as keyof typeof sums]}</dt><dd>${count}</dd></div>`)}
      </dl>
      <div class="card stack">
        <div class="row small"><span class="key">${words.legend.booked}</span><span class="key attended">${words.legend.attended}</span></div>
        <visits-chart
          label=${words.chart(month)}
          .bars=${rows.map((row) => ({ name: barName(row), booked: row.booked, attended: row.attended }))}
        ></visits-chart>
      </div>
      ${total.not_recorded ? html`<p class="badge warning">${words.recorded}</p>` : ''}
      <figures-table class="card" .report=${report} label=${`${words.title}, ${month}`}></figures-table>
      <div><button ?disabled=${this.#acts.busy} @click=${this.#download}>${words.file}</button></div>
      ${this.#acts.refusal}
    `
  }

  async #read(signal: AbortSignal): Promise<VisitReport> {
    const { organization } = (await this.session.client.getOrganization({}, { signal })).data
    this.#zone = organization.time_zone ?? viewersZone
    const asked = { ...boundsOf(this.month, this.#zone), group: this.group, time_zone: this.#zone }
    return (await this.session.client.reportVisits(asked, { signal })).data
  }

  #chooseMonth = (event: Event) => {
    const { value } = event.target as HTMLInputElement
    this.month = value || later(this.month, 0)
    void this.#report.reload()
  }

  #chooseGroup = (event: Event) => {
    this.group = (event.target as HTMLSelectElement).value as Group
    void this.#report.reload()
  }

  #download = () =>
    this.#acts.do(async () => {
      const asked = { ...boundsOf(this.month, this.#zone), group: this.group, time_zone: this.#zone }
      const { data } = await this.session.client.table('reportVisits', asked)
      download(words.fileName(this.month), data, 'text/csv')
    })
}
