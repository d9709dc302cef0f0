import type { WebhookDelivery } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { shared } from '../../parts/shared'
import { momentOf, viewersZone } from '../../parts/times'
import { words } from './words'

/** What came of an attempt: when, what was answered and how long it took; and what to do where it failed. */
@customElement('attempt-answer')
export class AttemptAnswer extends LitElement {
  static override styles = [
    shared,
    css`
      pre {
        max-block-size: 12rem;
        margin: 0;
        padding: var(--space);
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      .answer {
        gap: 0.25rem;
      }
    `,
  ]
  @property({ attribute: false }) attempt!: WebhookDelivery

  override render() {
    const { attempt, attempted_at, ms, status, failure, answer } = this.attempt
    return html`<div class="answer stack">
      <p>
        ${words.attempt(attempt, momentOf(attempted_at, viewersZone))}:
        ${status === null ? words.noAnswer(ms) : words.answered(status, ms)}
      </p>
      ${failure === null ? nothing : html`<p class="fault">${words.failures[failure] ?? failure}</p>`}
      ${answer ? html`<pre tabindex="0" role="region" aria-label=${words.answer}>${answer}</pre>` : nothing}
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'attempt-answer': AttemptAnswer
  }
}
