import type { BookingClient } from '@estate-os/booking'
import { html, LitElement } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { problemText } from './problem-text'
import { shared } from './shared'
import { tell } from './tell'
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
  @state() private busy = false

  override render() {
    return html`<button ?disabled=${this.busy} @click=${this.#export}>${this.busy ? words.doing : words.export}</button>`
  }

  #export = async () => {
    this.busy = true
    try {
      const { data } = await this.client.table(this.list, { time_zone: viewersZone, ...this.parameters })
      const address = URL.createObjectURL(new Blob([data], { type: 'text/csv' }))
      const link = Object.assign(document.createElement('a'), { href: address, download: `${this.name}.csv` })
      link.click()
      setTimeout(() => URL.revokeObjectURL(address), 0)
    } catch (error) {
      tell({ text: problemText(error), fault: true })
    } finally {
      this.busy = false
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'table-export': TableExport
  }
}
