import { type FieldFault, type ImportResult, InvalidRequest } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { shared } from '../../parts/shared'
import { momentOf } from '../../parts/times'
import { placeOf } from './faults'
import { words } from './words'

/** What became of each line of a file, or would; or what is wrong with the file, by line. */
@customElement('import-outcome')
export class ImportOutcome extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) results: readonly ImportResult[] = []
  /** What refused the file as a whole. */
  @property({ attribute: false }) refused: unknown
  @property() zone = 'UTC'

  override render() {
    if (this.refused instanceof InvalidRequest) {
      return html`<p role="alert" class="fault"><strong>${words.faults(this.refused.errors.length)}</strong></p>
        ${this.#table(words.wrong, this.refused.errors.map(this.#fault))}`
    }
    if (this.results.length === 0) return nothing
    const count = (status: ImportResult['status']) => this.results.filter((one) => one.status === status).length
    return html`<p role="status">
        <strong>${words.outcome(count('created'), count('fits'), count('refused'), count('skipped'))}</strong>
      </p>
      ${this.#table(words.outcomes, this.results.map(this.#result))}`
  }

  #table(heading: string, rows: unknown[]) {
    return html`<div class="scroller" tabindex="0" role="region" aria-label=${heading}>
      <table>
        <thead>
          <tr>
            <th scope="col">${words.line}</th>
            <th scope="col">${heading}</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`
  }

  #result = ({ line, status, slot, error }: ImportResult) => html`<tr>
    <td>${line}</td>
    <td>
      <span class="badge ${status === 'refused' ? 'danger' : ''}">${words.lineStates[status] ?? status}</span>
      ${slot ? momentOf(slot.start_time, this.zone) : nothing} ${error ? error.detail : nothing}
    </td>
  </tr>`

  #fault = ({ pointer, detail }: FieldFault) => {
    const place = placeOf(pointer)
    return html`<tr>
      <td>${place ? place.number : '–'}</td>
      <td>${place ? place.field : pointer.slice(2)} ${detail}</td>
    </tr>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'import-outcome': ImportOutcome
  }
}
