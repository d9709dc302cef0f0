import type { AuditedEvent } from '@estate-os/booking'
import { html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import { download } from '../../parts/download'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { viewersZone } from '../../parts/times'
import { words as parts } from '../../parts/words'
import { locale } from '../../words/page-language'
import { type Filters, queryOf } from './filters'
import { tableOf } from './table'
import { words } from './words'

const MOST = 10_000 // events; a hundred requests

/** A button that gives what the filters choose as a CSV file, which the page makes: the service has no table of it. */
@customElement('audit-export')
export class AuditExport extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) filters!: Filters
  @property({ attribute: false }) named!: (id: string | null) => string
  readonly #acts = new Act(this)

  override render() {
    return html`<button ?disabled=${this.#acts.busy} @click=${this.#export}>${this.#acts.busy ? parts.doing : words.export}</button>
      ${this.#acts.refusal}`
  }

  #export = () =>
    this.#acts.do(async () => {
      const events: AuditedEvent[] = []
      const asked = { ...queryOf(this.filters, viewersZone), limit: 100 }
      for await (const one of this.session.client.each.listAudit(asked)) {
        if (events.push(one) === MOST) break
      }
      download(`${words.file}.csv`, tableOf(events, this.named), 'text/csv')
      if (events.length === MOST) tell({ text: words.tooMany(new Intl.NumberFormat(locale).format(MOST)) })
    })
}

declare global {
  interface HTMLElementTagNameMap {
    'audit-export': AuditExport
  }
}
