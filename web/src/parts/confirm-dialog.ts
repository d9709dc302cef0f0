import { html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { Act } from './act'
import './app-dialog'
import { shared } from './shared'
import { words } from './words'

/**
 * Asks whether something is to be done that takes from people: `consequence` says what it takes, `act` does it. A refusal is told in
 * the dialog. Fires `close` when it is left or done. Where people are told why, it is a `<reason-dialog>`.
 */
@customElement('confirm-dialog')
export class ConfirmDialog extends LitElement {
  static override styles = [shared]
  @property() heading = ''
  @property() consequence = ''
  @property() action = ''
  @property({ attribute: false }) act!: () => Promise<unknown>
  readonly #acts = new Act(this)

  override render() {
    return html`<app-dialog heading=${this.heading} ?busy=${this.#acts.busy} @close=${this.#leave}>
      <p>${this.consequence}</p>
      ${this.#acts.refusal}
      <button slot="actions" ?disabled=${this.#acts.busy} @click=${this.#leave}>${words.back}</button>
      <button slot="actions" class="danger" ?disabled=${this.#acts.busy} @click=${this.#do}>${this.#acts.busy ? words.doing : this.action}</button>
    </app-dialog>`
  }

  #leave = () => this.dispatchEvent(new Event('close'))

  #do = async () => {
    if (await this.#acts.do(() => this.act())) this.#leave()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'confirm-dialog': ConfirmDialog
  }
}
