import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit'
import './app-problem'

/**
 * What a person does here: one thing at a time, and what is refused is told where they asked for it. `busy` while it goes on,
 * `refusal` in the template.
 */
export class Act implements ReactiveController {
  busy = false
  error: unknown
  readonly #host: ReactiveControllerHost

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  hostDisconnected(): void {
    this.error = undefined
  }

  /** What was refused last, as the person reads it. */
  get refusal(): TemplateResult | typeof nothing {
    return this.error === undefined ? nothing : html`<app-problem .error=${this.error}></app-problem>`
  }

  /** Do it; true once it is done. While something is being done, nothing else is. */
  async do(one: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false
    this.#set(true, undefined)
    try {
      await one()
      this.#set(false, undefined)
      return true
    } catch (error) {
      this.#set(false, error)
      return false
    }
  }

  /** Forget what was refused. */
  forget(): void {
    this.#set(this.busy, undefined)
  }

  #set(busy: boolean, error: unknown): void {
    this.busy = busy
    this.error = error
    this.#host.requestUpdate()
  }
}
