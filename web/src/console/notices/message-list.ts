import type { NoticeKind } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement } from 'lit/decorators.js'
import { messages } from '../../parts/message-words'
import { shared } from '../../parts/shared'
import { canBeTurnedOff, RECIPIENTS, type Recipient, TOLD } from './told'
import { words } from './words'

/** All messages that there are, by whom they are told to; each leads to what it says. */
@customElement('message-list')
export class MessageList extends LitElement {
  static override styles = [
    shared,
    css`
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr));
        gap: 0 calc(3 * var(--space));
      }
      li {
        padding-block: var(--space);
        border-block-start: 1px solid var(--line);
      }
      h2 {
        padding-block-end: var(--space);
      }
      li a {
        font-weight: 550;
      }
    `,
  ]

  override render() {
    return html`<div class="stack">
      <p class="faint">${words.inAnyCase}</p>
      ${RECIPIENTS.map(
        (recipient) => html`<section class="card" aria-labelledby=${recipient}>
          <h2 id=${recipient}>${words.toWhom[recipient]}</h2>
          <ul class="plain">
            ${TOLD[recipient].map((kind) => this.#message(kind, recipient))}
          </ul>
        </section>`,
      )}
    </div>`
  }

  #message(kind: NoticeKind, recipient: Recipient) {
    return html`<li>
      <div class="row">
        <a href=${`/app/notices/texts/${kind}/${recipient}`}>${messages.kinds[kind]}</a>
        ${canBeTurnedOff(kind) ? html`<span class="badge">${words.canBeTurnedOff}</span>` : nothing}
      </div>
      <span class="small faint">${words.when[kind]}</span>
    </li>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'message-list': MessageList
  }
}
