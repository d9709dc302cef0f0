import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { problemText, referenceOf } from './problem-text'
import { shared } from './shared'
import { words } from './words'

/** An error: what happened, and what now. Fires `retry` where it can be tried again. */
@customElement('app-problem')
export class AppProblem extends LitElement {
  static override styles = [
    shared,
    css`
      .problem {
        border-color: var(--danger);
        background: var(--danger-tint);
      }
    `,
  ]
  @property({ attribute: false }) error: unknown
  @property({ type: Boolean }) retryable = false

  override render() {
    const reference = referenceOf(this.error)
    return html`<div class="problem card stack" role="alert">
      <p>${problemText(this.error)}</p>
      ${reference ? html`<p class="small faint">${words.reference(reference)}</p>` : nothing}
      ${this.retryable ? html`<div><button @click=${() => this.dispatchEvent(new Event('retry'))}>${words.retry}</button></div>` : nothing}
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'app-problem': AppProblem
  }
}
