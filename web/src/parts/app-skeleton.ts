import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { shared } from './shared'
import { words } from './words'

/** Where something will stand once it is loaded: as many lines as there will be about. */
@customElement('app-skeleton')
export class AppSkeleton extends LitElement {
  static override styles = [
    shared,
    css`
      .line {
        block-size: 3.25rem;
        border-radius: var(--radius);
        background: var(--line);
        opacity: 0.55;
        animation: breathe 1.6s ease-in-out infinite;
      }
      @keyframes breathe {
        50% {
          opacity: 0.25;
        }
      }
    `,
  ]
  @property({ type: Number }) lines = 3

  override render() {
    return html`<div class="stack" role="status">
      <span class="visually-hidden">${words.waiting}</span>
      ${Array.from({ length: this.lines }, () => html`<div class="line"></div>`)}
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'app-skeleton': AppSkeleton
  }
}
