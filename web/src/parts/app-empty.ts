import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { shared } from './shared'

/** An empty list: `told` is what is not there; what to do about it goes into the slot. */
@customElement('app-empty')
export class AppEmpty extends LitElement {
  static override styles = [
    shared,
    css`
      .empty {
        justify-items: center;
        padding-block: calc(5 * var(--space));
        border: 1px dashed var(--line);
        border-radius: var(--radius);
        text-align: center;
      }
    `,
  ]
  @property() told = ''

  override render() {
    return html`<div class="empty stack"><p>${this.told}</p><slot class="faint"></slot></div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'app-empty': AppEmpty
  }
}
