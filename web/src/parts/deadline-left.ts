import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { locale } from '../words/page-language'
import { shared } from './shared'
import { countdown, spanOf } from './spans'
import { words } from './words'

const HOUR = 3_600_000

/**
 * How long something can still be done, by the server's clock: "1 hr 20 min left", or with `seconds` by the second in the last
 * hour. Counts down by itself, and fires `over` at its end.
 */
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
  @property({ attribute: false }) clock!: { now(): Date }
  @property({ attribute: false }) until!: Date
  @property({ type: Boolean }) seconds = false
  #timer = 0

  override connectedCallback() {
    super.connectedCallback()
    this.#timer = window.setInterval(this.#tick, 1000)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  override render() {
    const left = this.#left
    const span = this.seconds ? countdown : spanOf
    return html`<span role="timer" class="badge ${left < HOUR ? 'warning' : ''}">
      ${left <= 0 ? words.timeOver : words.timeLeft(span(left, locale))}
    </span>`
  }

  get #left(): number {
    return this.until.getTime() - this.clock.now().getTime()
  }

  #tick = () => {
    this.requestUpdate()
    if (this.#left > 0) return
    clearInterval(this.#timer)
    this.dispatchEvent(new Event('over'))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'deadline-left': DeadlineLeft
  }
}
