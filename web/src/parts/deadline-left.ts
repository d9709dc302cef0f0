import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { locale } from '../words/page-language'
import { shared } from './shared'
import { spanOf } from './spans'
import { words } from './words'

const EACH = 15_000 // milliseconds; minutes are shown

/** How long something can still be done: "1 hr 20 min left". Counts down by itself. */
@customElement('deadline-left')
export class DeadlineLeft extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: inline;
        font: inherit;
      }
    `,
  ]
  @property({ attribute: false }) until!: Date
  #timer = 0

  override connectedCallback() {
    super.connectedCallback()
    this.#timer = window.setInterval(() => this.requestUpdate(), EACH)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  override render() {
    const left = this.until.getTime() - Date.now()
    return html`<span class="badge ${left < 3_600_000 ? 'warning' : ''}">${left <= 0 ? words.timeOver : words.timeLeft(spanOf(left, locale))}</span>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'deadline-left': DeadlineLeft
  }
}
