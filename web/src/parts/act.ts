import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit'
import './app-problem'

/**
 * What a person does here: one thing at a time, and what is refused is told where they asked for it. `busy` while it goes on,
 * `refusal` in the template.
 */
export class Act implements ReactiveController {
  busy = false
  error: unknown
  #about: string | undefined
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

  /** The same in a list, where what was refused is told at the line that it was about. */
  refusalOf(about: string): TemplateResult | typeof nothing {
    return this.#about === about ? this.refusal : nothing
  }

  /** Do it; true once it is done. While something is being done, nothing else is. In a list, `about` is the line that it is done to. */
  async do(one: () => Promise<unknown>, about?: string): Promise<boolean> {
    if (this.busy) return false
    this.#about = about
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

  /** Tell what was refused without an act, as by a search for what is to be chosen. */
  refuse(error: unknown): void {
    this.#set(this.busy, error)
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
