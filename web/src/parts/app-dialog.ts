import { css, html, LitElement } from 'lit'
import { customElement, property, query } from 'lit/decorators.js'
import { shared } from './shared'
import { words } from './words'

/**
 * A dialog over the page, open as long as it is in it: `heading`, content in the slot, buttons in the slot `actions`. Fires
 * `close` when it is left by its button or by Escape, unless `busy`.
 */
@customElement('app-dialog')
export class AppDialog extends LitElement {
  static override styles = [
    shared,
    css`
      dialog {
        inline-size: min(36rem, calc(100vw - 1rem));
        max-block-size: calc(100dvh - 1rem);
        scroll-padding-block: 4rem;
        padding: 0;
        border: 1px solid var(--line);
        border-radius: calc(1.5 * var(--radius));
        background: var(--raised);
        color: var(--ink);
        box-shadow: var(--shadow);
      }
      :host([wide]) dialog {
        inline-size: min(64rem, calc(100vw - 1rem));
      }
      dialog::backdrop {
        background: #00000080;
      }
      header,
      .content,
      footer {
        padding: calc(2 * var(--space)) calc(2.5 * var(--space));
      }
      header {
        position: sticky;
        inset-block-start: 0;
        flex-wrap: nowrap;
        align-items: start;
        flex-wrap: nowrap;
        align-items: start;
        padding-block-end: 0;
        background: inherit;
      }
      h2 {
        padding-block: 0.5rem;
      }
      footer {
        position: sticky;
        inset-block-end: 0;
        justify-content: flex-end;
        padding-block-start: var(--space);
        background: inherit;
      }
    `,
  ]
  @property() heading = ''
  @property({ type: Boolean }) wide = false
  @property({ type: Boolean }) busy = false
  @query('dialog') private dialog!: HTMLDialogElement
  #before: HTMLElement | null = null

  override firstUpdated() {
    this.#before = deepestFocus()
    this.dialog.showModal()
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    if (this.#before?.isConnected) this.#before.focus()
  }

  override render() {
    return html`<dialog aria-labelledby="heading" @cancel=${this.#cancel}>
      <header class="row between">
        <h2 id="heading">${this.heading}</h2>
        <button class="quiet" aria-label=${words.close} ?disabled=${this.busy} @click=${this.#leave}>✕</button>
      </header>
      <div class="content stack"><slot></slot></div>
      <footer class="row"><slot name="actions"></slot></footer>
    </dialog>`
  }

  #cancel = (event: Event) => {
    event.preventDefault()
    if (!this.busy) this.#leave()
  }

  #leave = () => this.dispatchEvent(new Event('close'))
}

function deepestFocus(): HTMLElement | null {
  let focused = document.activeElement
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement
  return focused as HTMLElement | null
}

declare global {
  interface HTMLElementTagNameMap {
    'app-dialog': AppDialog
  }
}
