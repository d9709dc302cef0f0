import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import './app-dialog'
import './app-problem'
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
  @state() private busy = false
  @state() private error: unknown

  override render() {
    return html`<app-dialog heading=${this.heading} ?busy=${this.busy} @close=${this.#leave}>
      <form id="reason" class="stack" @submit=${this.#submit}>
        <p>${this.consequence}</p>
        <label class="field">
          ${words.reason}
          <textarea name="reason" rows="3" maxlength="500" autofocus></textarea>
        </label>
        ${this.error === undefined ? nothing : html`<app-problem .error=${this.error}></app-problem>`}
      </form>
      <button slot="actions" ?disabled=${this.busy} @click=${this.#leave}>${words.back}</button>
      <button slot="actions" class="danger" ?disabled=${this.busy} @click=${this.#ask}>${this.busy ? words.doing : this.action}</button>
    </app-dialog>`
  }

  #leave = () => this.dispatchEvent(new Event('close'))

  #ask = () => this.renderRoot.querySelector('form')?.requestSubmit()

  #submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (this.busy) return
    const reason = String(new FormData(event.target as HTMLFormElement).get('reason') ?? '').trim()
    this.busy = true
    this.error = undefined
    try {
      await this.act(reason || undefined)
      this.#leave()
    } catch (error) {
      this.error = error
    } finally {
      this.busy = false
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'reason-dialog': ReasonDialog
  }
}
