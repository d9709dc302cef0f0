import type { Placeholder } from '@estate-os/booking'
import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { shared } from '../../parts/shared'
import { words } from './words'

/** The names that may stand in braces, and what for. Fires `insert` with the one that is to be put into the text. */
@customElement('placeholder-list')
export class PlaceholderList extends LitElement {
  static override styles = [
    shared,
    css`
      li {
        display: grid;
        grid-template-columns: minmax(9rem, max-content) minmax(0, 1fr);
        align-items: center;
        gap: var(--space);
        padding-block: 0.125rem;
      }
      button {
        justify-content: start;
        min-block-size: 1.75rem;
        padding-block: 0.125rem;
      }
      button,
      code {
        font-family: ui-monospace, monospace;
        font-size: 0.8125rem;
        font-weight: 400;
      }
    `,
  ]
  @property({ attribute: false }) names: readonly Placeholder[] = []
  @property({ type: Boolean }) insertable = false

  override render() {
    return html`<section aria-labelledby="names">
      <h4 id="names">${words.placeholders}</h4>
      <p class="small faint">${words.placeholdersAdvice}</p>
      <ul class="plain">
        ${this.names.map(
          (name) => html`<li>
            ${
              this.insertable
                ? html`<button type="button" title=${words.insert} aria-label=${words.insertNamed(`{${name}}`)} @click=${() => this.#insert(name)}>
                    {${name}}
                  </button>`
                : html`<code>{${name}}</code>`
            }
            <span class="small">${words.names[name] ?? ''}</span>
          </li>`,
        )}
      </ul>
    </section>`
  }

  #insert(name: Placeholder): void {
    this.dispatchEvent(new CustomEvent<Placeholder>('insert', { detail: name }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'placeholder-list': PlaceholderList
  }
}
