import { html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { shared } from '../../parts/shared'
import type { ServerClock } from '../../scheduler/clock'
import { locale } from '../../words/page-language'
import { words } from '../words'
import { spanOf } from './span'

/** How long something still holds, by the server's clock; fires `over` at its end. */
@customElement('seconds-left')
export class SecondsLeft extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) clock!: ServerClock
  @property({ attribute: false }) until!: Date
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
    const seconds = this.clock.secondsTo(this.until)
    return html`<span role="timer" class="badge warning">${seconds === 0 ? words.over : words.left(spanOf(seconds, locale))}</span>`
  }

  #tick = () => {
    this.requestUpdate()
    if (this.clock.secondsTo(this.until) > 0) return
    clearInterval(this.#timer)
    this.dispatchEvent(new Event('over'))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'seconds-left': SecondsLeft
  }
}
