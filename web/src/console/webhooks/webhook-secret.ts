import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { Act } from '../../parts/act'
import '../../parts/app-dialog'
import { shared } from '../../parts/shared'
import { words } from './words'

/** Shows a secret this one time, to be copied. Who leaves without having copied it is asked. Fires `close`. */
@customElement('webhook-secret')
export class WebhookSecret extends LitElement {
  static override styles = [
    shared,
    css`
      input {
        font-family: ui-monospace, monospace;
      }
    `,
  ]
  @property() secret = ''
  @property() advice = ''
  @state() private copied = false
  @state() private leaving = false
  @query('input') private field!: HTMLInputElement
  readonly #acts = new Act(this)

  override render() {
    return html`<app-dialog heading=${words.secretHeading} @close=${this.#ask}>
      <p>${this.advice}</p>
      <label class="field">
        ${words.secret}
        <input readonly .value=${this.secret} @focus=${() => this.field.select()} @copy=${this.#tell} />
      </label>
      <p role="status">${this.copied ? words.copied : words.once}</p>
      ${this.#acts.refusal}
      ${this.leaving ? html`<p class="fault" role="alert">${words.notCopied}</p>` : nothing}
      ${
        this.leaving
          ? html`<button slot="actions" class="danger" @click=${this.#leave}>${words.leaveIt}</button>`
          : html`<button slot="actions" @click=${this.#ask}>${words.done}</button>`
      }
      <button slot="actions" class="primary" autofocus @click=${this.#copy}>${words.copy}</button>
    </app-dialog>`
  }

  #copy = () =>
    this.#acts.do(async () => {
      await navigator.clipboard.writeText(this.secret).catch(() => {
        this.field.focus()
        if (!document.execCommand('copy')) throw new Error('the browser does not let it be copied')
      })
      this.#tell()
    })

  #tell = () => {
    this.copied = true
    this.leaving = false
  }

  #ask = () => {
    if (this.copied || this.leaving) this.#leave()
    else this.leaving = true
  }

  #leave = () => this.dispatchEvent(new Event('close'))
}

declare global {
  interface HTMLElementTagNameMap {
    'webhook-secret': WebhookSecret
  }
}
