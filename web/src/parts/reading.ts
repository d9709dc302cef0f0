import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit'
import type { Live } from '../app/live'
import './app-problem'
import './app-skeleton'
import { timeOf, viewersZone } from './times'
import { words } from './words'

const LONGEST = 86_400_000 // milliseconds that a timer waits at most
const SOON = 150 // milliseconds in which events that come together are one reason to read

interface Options<T> {
  /** Reads what is shown; it is called anew on `reload`, and on events. */
  read: (signal: AbortSignal) => Promise<T>
  live?: Live
  /** Types of events after which it is read anew, such as `booking.` for all of bookings. */
  on?: readonly string[]
  /** The order of what is listed: where it changes, and somebody points at the list, it waits until they have left. */
  order?: (value: T) => readonly string[]
  /** In how many milliseconds it is another though nothing happens, as when a visit begins; undefined where it is not. */
  changesIn?: (value: T) => number | undefined
  /** How many lines a skeleton has. */
  lines?: number
}

/**
 * Something that a component reads and shows: a skeleton first, then what it is, what is wrong with it, and how old it is where
 * it cannot be read anew. What others change appears by itself, but nothing moves under the pointer.
 */
export class Reading<T> implements ReactiveController {
  value: T | undefined
  error: unknown
  readonly #host: ReactiveControllerHost & HTMLElement
  readonly #options: Options<T>
  #at: Date | undefined
  #news: T | undefined
  #over = new AbortController()
  #timer = 0
  #turn = 0
  #deaf: () => void = () => {}

  constructor(host: ReactiveControllerHost & HTMLElement, options: Options<T>) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  hostConnected(): void {
    const { live, on = [] } = this.#options
    if (live && on.length) {
      this.#deaf = live.on(on, () => {
        clearTimeout(this.#timer)
        this.#timer = window.setTimeout(() => void this.#read(false), SOON)
      })
    }
    this.#host.addEventListener('pointerleave', this.#left)
    this.#host.addEventListener('focusout', this.#left)
    void this.#read(true)
  }

  hostDisconnected(): void {
    this.#deaf()
    clearTimeout(this.#timer)
    clearTimeout(this.#turn)
    this.#over.abort()
    this.#host.removeEventListener('pointerleave', this.#left)
    this.#host.removeEventListener('focusout', this.#left)
  }

  /** Read it anew and show it at once, as after an act of the person's own. */
  reload(): Promise<void> {
    return this.#read(true)
  }

  /** Read it anew as an event would have it: nothing moves under the pointer. */
  refresh(): Promise<void> {
    return this.#read(false)
  }

  /** Show something at once, before it is read anew; what is returned takes it back. */
  expect(change: (value: T) => T): () => void {
    const before = this.value
    if (before !== undefined) this.#show(change(before))
    return () => {
      if (before !== undefined) this.#show(before)
    }
  }

  /** Render it by its state. */
  render(shown: (value: T) => TemplateResult | typeof nothing): TemplateResult {
    if (this.value === undefined) {
      if (this.error === undefined) return html`<app-skeleton lines=${this.#options.lines ?? 3}></app-skeleton>`
      return html`<app-problem .error=${this.error} retryable @retry=${() => void this.reload()}></app-problem>`
    }
    return html`
      ${this.error === undefined ? nothing : this.#old()}
      ${this.#news === undefined ? nothing : html`<button class="news" @click=${this.#showNews}>${words.news}</button>`}
      ${shown(this.value)}
    `
  }

  #old(): TemplateResult {
    return html`<p class="old badge warning" role="status">
      ${navigator.onLine ? '' : words.offline} ${this.#at ? words.asOf(timeOf(this.#at, viewersZone)) : ''}
    </p>`
  }

  async #read(atOnce: boolean): Promise<void> {
    this.#over.abort()
    const over = new AbortController()
    this.#over = over
    try {
      const value = await this.#options.read(over.signal)
      if (over.signal.aborted) return
      this.error = undefined
      this.#at = new Date()
      const turn = this.#options.changesIn?.(value)
      clearTimeout(this.#turn)
      if (turn !== undefined) this.#turn = window.setTimeout(() => void this.#read(false), Math.min(turn, LONGEST) + SOON)
      if (atOnce || !this.#isPointedAt() || this.#staysInPlace(value)) this.#show(value)
      else this.#news = value
    } catch (error) {
      if (over.signal.aborted) return
      this.error = error
    }
    this.#host.requestUpdate()
  }

  #show(value: T): void {
    this.value = value
    this.#news = undefined
    this.#host.requestUpdate()
  }

  #showNews = () => {
    if (this.#news !== undefined) this.#show(this.#news)
  }

  #left = () => {
    queueMicrotask(() => {
      if (!this.#isPointedAt()) this.#showNews()
    })
  }

  #isPointedAt(): boolean {
    return this.#host.matches(':hover, :focus-within')
  }

  #staysInPlace(next: T): boolean {
    const { order } = this.#options
    if (!order || this.value === undefined) return true
    const [before, after] = [order(this.value), order(next)]
    return before.every((id, index) => id === after[index])
  }
}
