import type { Language, NoticeKind, NoticePreview, Recipient } from '@estate-os/booking'
import { css, html, LitElement, type PropertyValues } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { download } from '../../parts/download'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { words } from './words'

/**
 * A message as it would be sent now, of a visit that is made up. Its text: the page's policy lets no frame be filled, so that how it
 * looks is a file.
 */
@customElement('message-preview')
export class MessagePreview extends LitElement {
  static override styles = [
    shared,
    css`
      .text {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .subject {
        padding-block-end: var(--space);
        border-block-end: 1px solid var(--line);
        font-weight: 600;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property() kind: NoticeKind = 'confirmed'
  @property() recipient: Recipient = 'applicant'
  @property() language: Language = 'en'
  /** What the language is called. */
  @property() shown = ''
  #preview!: Reading<NoticePreview>

  override connectedCallback() {
    this.#preview ??= new Reading(this, {
      read: async (signal) => {
        const { kind, recipient, language: locale } = this
        return (await this.session.client.previewNoticeTemplate({ kind, recipient, locale }, { signal })).data.preview
      },
      live: this.session.live,
      on: ['notice_template.', 'organization.'],
      order: () => [],
      lines: 8,
    })
    super.connectedCallback()
  }

  override updated(now: PropertyValues<this>) {
    if (now.get('language')) void this.#preview.reload()
  }

  override render() {
    return html`<section class="card stack" aria-labelledby="preview">
      <div>
        <h3 id="preview">${words.preview(this.shown)}</h3>
        <p class="small faint">${words.previewAdvice}</p>
      </div>
      ${this.#preview.render(
        ({ subject, text, html: page }) => html`
          <p class="subject" lang=${this.language}>${subject}</p>
          <p class="text" lang=${this.language}>${text.trim()}</p>
          <div class="row">
            <button @click=${() => download(`${this.kind}-${this.recipient}-${this.language}.html`, page, 'text/html')}>${words.asPage}</button>
            <span class="small faint">${words.asPageAdvice}</span>
          </div>
        `,
      )}
    </section>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'message-preview': MessagePreview
  }
}
