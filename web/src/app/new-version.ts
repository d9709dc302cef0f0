import { css, html, LitElement, nothing } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { shared } from '../parts/shared'
import { tell } from '../parts/tell'
import { words as parts } from '../parts/words'
import { isOutdated } from './outdated'
import { words } from './words'

const GONE = 'vite:preloadError' // a part of the page could not be had

/** Says that the service has a newer page than this one, once a part of this one is gone. One in the page. */
@customElement('new-version')
export class NewVersion extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        position: sticky;
        inset-block-start: 0;
        z-index: 9;
      }
      .card {
        border-color: var(--warning);
        border-radius: 0;
        background: var(--warning-tint);
      }
    `,
  ]
  @state() private outdated = false

  override connectedCallback() {
    super.connectedCallback()
    addEventListener(GONE, this.#look)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    removeEventListener(GONE, this.#look)
  }

  override render() {
    return html`<div role="status">
      ${
        this.outdated
          ? html`<div class="card row between">
              <p>${words.newVersion}</p>
              <button @click=${() => location.reload()}>${words.reload}</button>
            </div>`
          : nothing
      }
    </div>`
  }

  #look = async () => {
    try {
      this.outdated ||= await isOutdated()
      if (!this.outdated) tell({ text: parts.noAnswer, fault: true })
    } catch {
      tell({ text: navigator.onLine ? parts.noAnswer : `${parts.offline} ${parts.noAnswer}`, fault: true })
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'new-version': NewVersion
  }
}
