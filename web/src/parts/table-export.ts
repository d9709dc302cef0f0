import type { BookingClient } from '@estate-os/booking'
import { html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { Act } from './act'
import { download } from './download'
import { shared } from './shared'
import { viewersZone } from './times'
import { words } from './words'

/** A button that gives all of a list as a CSV file: `.read` asks the service for it, `name` is what the file is called. */
@customElement('table-export')
export class TableExport extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) client!: BookingClient
  @property({ attribute: false }) list!: Parameters<BookingClient['table']>[0]
  @property({ attribute: false }) parameters: object = {}
  @property() name = 'table'
  readonly #acts = new Act(this)

  override render() {
    return html`<button ?disabled=${this.#acts.busy} @click=${this.#export}>${this.#acts.busy ? words.doing : words.export}</button>
      ${this.#acts.refusal}`
  }

  #export = () =>
    this.#acts.do(async () => {
      const { data } = await this.client.table(this.list, { time_zone: viewersZone, ...this.parameters })
      download(`${this.name}.csv`, data, 'text/csv')
    })
}

declare global {
  interface HTMLElementTagNameMap {
    'table-export': TableExport
  }
}
