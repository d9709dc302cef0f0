import { html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { Act } from './act'
import './app-dialog'
import { shared } from './shared'
import { words } from './words'

/**
 * Asks whether something is to be done that takes from people, and why: `consequence` says what it takes, `act` does it. A refusal
 * is told in the dialog. Fires `close` when it is left or done.
 */
@customElement('reason-dialog')
export class ReasonDialog extends LitElement {
  static override styles = [shared]
  @property() heading = ''
  @property() consequence = ''
  @property() action = ''
  @property({ attribute: false }) act!: (reason: string | undefined) => Promise<unknown>
  readonly #acts = new Act(this)

  override render() {
    return html`<app-dialog heading=${this.heading} ?busy=${this.#acts.busy} @close=${this.#leave}>
      <form id="reason" class="stack" @submit=${this.#submit}>
        <p>${this.consequence}</p>
        <label class="field">
          ${words.reason}
          <textarea name="reason" rows="3" maxlength="500" autofocus></textarea>
        </label>
        ${this.#acts.refusal}
      </form>
      <button slot="actions" ?disabled=${this.#acts.busy} @click=${this.#leave}>${words.back}</button>
      <button slot="actions" class="danger" ?disabled=${this.#acts.busy} @click=${this.#ask}>${this.#acts.busy ? words.doing : this.action}</button>
    </app-dialog>`
  }

  #leave = () => this.dispatchEvent(new Event('close'))

  #ask = () => this.renderRoot.querySelector('form')?.requestSubmit()

  #submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const reason = String(new FormData(event.target as HTMLFormElement).get('reason') ?? '').trim()
    if (await this.#acts.do(() => this.act(reason || undefined))) this.#leave()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'reason-dialog': ReasonDialog
  }
}
