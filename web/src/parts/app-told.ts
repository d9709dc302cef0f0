import { SignalWatcher } from '@lit-labs/signals'
import { css, html, LitElement, nothing } from 'lit'
import { customElement } from 'lit/decorators.js'
import { problemText } from './problem-text'
import { shared } from './shared'
import { tell, told } from './tell'
import { words } from './words'

const LASTS = 10_000 // milliseconds, and as long as somebody is at it

/** The line at the edge of the page that tells what was done, with its undo. One in the page. */
@customElement('app-told')
export class AppTold extends SignalWatcher(LitElement) {
  static override styles = [
    shared,
    css`
      :host {
        position: fixed;
        inset-block-end: calc(2 * var(--space));
        inset-inline: var(--space);
        z-index: 10;
        pointer-events: none;
      }
      .told {
        inline-size: fit-content;
        max-inline-size: 100%;
        margin-inline: auto;
        background: var(--ink);
        color: var(--surface);
        box-shadow: var(--shadow);
        pointer-events: auto;
      }
      .told.fault {
        background: var(--danger-tint);
        color: var(--ink);
      }
      .told button {
        border-color: currentcolor;
        background: transparent;
        color: inherit;
      }
    `,
  ]
  #timer = 0
  #shown: unknown = null

  override render() {
    const one = told.get()
    if (one !== this.#shown) {
      this.#shown = one
      clearTimeout(this.#timer)
      if (one) this.#timer = window.setTimeout(this.#fade, LASTS)
    }
    return html`<div role="status">
      ${
        one
          ? html`<div class="told card row ${one.fault ? 'fault' : ''}">
            <span>${one.text}</span>
            ${one.undo ? html`<button @click=${() => this.#undo(one.undo!)}>${words.undo}</button>` : nothing}
            <button class="quiet" aria-label=${words.close} @click=${() => told.set(null)}>✕</button>
          </div>`
          : nothing
      }
    </div>`
  }

  #fade = () => {
    if (this.matches(':hover, :focus-within')) this.#timer = window.setTimeout(this.#fade, LASTS)
    else told.set(null)
  }

  async #undo(undo: () => Promise<unknown>): Promise<void> {
    told.set(null)
    await undo().catch((error: unknown) => tell({ text: problemText(error), fault: true }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'app-told': AppTold
  }
}
