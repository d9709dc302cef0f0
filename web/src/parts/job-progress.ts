import type { BookingClient, Job } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { pause } from '../pause'
import './app-problem'
import { shared } from './shared'
import { words } from './words'

const EACH = 500 // milliseconds between two looks

/** How far a job is, until it has ended; then it fires `ended`. */
@customElement('job-progress')
export class JobProgress extends LitElement {
  static override styles = [
    shared,
    css`
      progress {
        inline-size: 100%;
        accent-color: var(--accent);
      }
    `,
  ]
  @property({ attribute: false }) client!: BookingClient
  @property({ attribute: false }) job!: Job
  @state() private error: unknown
  #over = new AbortController()

  override connectedCallback() {
    super.connectedCallback()
    this.#over = new AbortController()
    void this.#watch()
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    this.#over.abort()
  }

  override render() {
    const { state, done, total, failures } = this.job
    return html`<div class="stack" role="status">
      <label class="field">${words.job[state] ?? state} <progress max=${Math.max(total, 1)} value=${done}></progress></label>
      <span class="small faint">${words.ofAll(done, total)}</span>
      ${failures.length ? html`<p class="fault">${words.failures(failures.length)}</p>` : nothing}
      ${this.error === undefined ? nothing : html`<app-problem .error=${this.error} retryable @retry=${() => void this.#watch()}></app-problem>`}
    </div>`
  }

  async #watch(): Promise<void> {
    this.error = undefined
    try {
      while (this.job.ended_at === null) {
        await pause(EACH, this.#over.signal)
        this.job = (await this.client.getJob({ job_id: this.job.id }, { signal: this.#over.signal })).data.job
      }
      this.dispatchEvent(new CustomEvent('ended', { detail: this.job }))
    } catch (error) {
      if (!this.#over.signal.aborted) this.error = error
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'job-progress': JobProgress
  }
}
