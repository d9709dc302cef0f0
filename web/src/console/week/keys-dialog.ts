import { html, LitElement } from 'lit'
import { customElement } from 'lit/decorators.js'
import '../../parts/app-dialog'
import { shared } from '../../parts/shared'
import { words } from './words'

/** Tells the keys of the calendar. Fires `close`. */
@customElement('keys-dialog')
export class KeysDialog extends LitElement {
  static override styles = [shared]

  override render() {
    return html`<app-dialog heading=${words.keysHeading} @close=${() => this.dispatchEvent(new Event('close'))}>
      <table>
        <thead>
          <tr>
            <th scope="col">${words.keysKey}</th>
            <th scope="col">${words.keysDoes}</th>
          </tr>
        </thead>
        <tbody>
          ${words.keysList.map(
            ([key, does]) => html`<tr>
              <td><kbd>${key}</kbd></td>
              <td>${does}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </app-dialog>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'keys-dialog': KeysDialog
  }
}
