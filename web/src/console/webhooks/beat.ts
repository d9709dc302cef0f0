import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Live } from '../../app/live'

const AFTER = 1_500 // milliseconds after an event, in which it is sent
const EACH = 10_000 // for what is tried again

/** Calls for a look at what is sent: shortly after something happened, and from time to time. Why: attempts are no events. */
export class Beat implements ReactiveController {
  #deaf: () => void = () => {}
  #soon = 0
  #each = 0
  readonly #live: () => Live
  readonly #look: () => void

  constructor(host: ReactiveControllerHost, live: () => Live, look: () => void) {
    this.#live = live
    this.#look = look
    host.addController(this)
  }

  hostConnected(): void {
    this.#deaf = this.#live().on([''], () => {
      clearTimeout(this.#soon)
      this.#soon = window.setTimeout(this.#look, AFTER)
    })
    this.#each = window.setInterval(() => document.visibilityState === 'visible' && navigator.onLine && this.#look(), EACH)
  }

  hostDisconnected(): void {
    this.#deaf()
    clearTimeout(this.#soon)
    clearInterval(this.#each)
  }
}
