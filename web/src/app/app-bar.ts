import { SignalWatcher } from '@lit-labs/signals'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { shared } from '../parts/shared'
import { words as parts } from '../parts/words'
import { LANGUAGES } from '../words/language'
import { language } from '../words/page-language'
import type { Session } from './session'
import { words } from './words'

/** The bar above every screen: what this is, who is signed in, the language, and the way out. Navigation goes into the slot. */
@customElement('app-bar')
export class AppBar extends SignalWatcher(LitElement) {
  static override styles = [
    shared,
    css`
      header {
        padding: var(--space) calc(2 * var(--space));
        border-block-end: 1px solid var(--line);
        background: var(--surface);
      }
      .name {
        font-weight: 700;
      }
      .who {
        max-inline-size: 12rem;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      select {
        inline-size: auto;
      }
      .offline {
        padding: 0.375rem calc(2 * var(--space));
        background: var(--warning-tint);
        color: var(--warning);
      }
      @media (width < 30rem) {
        header {
          gap: 0.25rem var(--space);
          padding: 0.375rem var(--space);
        }
        header .row {
          flex: 1;
          flex-wrap: nowrap;
          justify-content: flex-end;
          gap: 0.25rem;
        }
        .who {
          display: none;
        }
        select,
        button {
          min-block-size: 2rem;
          padding: 0.125rem 0.375rem;
          font-size: 0.875rem;
        }
      }
    `,
  ]
  @property({ attribute: false }) session!: Session

  override render() {
    const { me, live, name } = this.session
    return html`
      <header class="row between">
        <slot class="name"></slot>
        <div class="row">
          ${me.agent && me.applicants.length ? html`<a href="/app">${words.console}</a><a href="/app/me">${words.mine}</a>` : nothing}
          <select aria-label=${words.language} @change=${this.#speak}>
            ${LANGUAGES.map((one) => html`<option value=${one} lang=${one} ?selected=${one === language}>${words.languages[one]}</option>`)}
          </select>
          <span class="who small faint" title=${name}>${name}</span>
          <button class="quiet" title=${words.signedInAs(name)} @click=${this.session.signOut}>${words.signOut}</button>
        </div>
      </header>
      ${live.online.get() ? nothing : html`<div class="offline" role="status">${parts.offline}</div>`}
    `
  }

  #speak = (event: Event) => {
    const address = new URL(location.href)
    address.searchParams.set('lang', (event.target as HTMLSelectElement).value)
    location.href = address.href
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'app-bar': AppBar
  }
}
