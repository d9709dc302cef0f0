import { SignalWatcher } from '@lit-labs/signals'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { cache } from 'lit/directives/cache.js'
import '../app/app-bar'
import { path } from '../app/router'
import type { Session } from '../app/session'
import { words as app } from '../app/words'
import '../parts/app-empty'
import { late } from '../parts/late'
import { shared } from '../parts/shared'
import { screens } from './screens'
import './visits/my-visits'
import { words } from './words'

/** The applicant's page: own visits (`/app/me`), one of them, homes to visit, and how to be reached. */
@customElement('my-page')
export class MyPage extends SignalWatcher(LitElement) {
  static override styles = [
    shared,
    css`
      main {
        inline-size: min(64rem, 100% - 2rem);
        margin: calc(3 * var(--space)) auto calc(10 * var(--space));
      }
      main:focus {
        outline: none;
      }
      nav.screens {
        display: flex;
        gap: 0.25rem;
        padding-inline: max(var(--space), (100% - 64rem) / 2);
        border-block-end: 1px solid var(--line);
        background: var(--surface);
        overflow-x: auto;
      }
      .screens a {
        padding: 0.625rem 0.75rem;
        border-block-end: 3px solid transparent;
        color: var(--ink);
        text-decoration: none;
        white-space: nowrap;
      }
      .screens a[aria-current="page"] {
        border-color: var(--accent);
        color: var(--accent);
        font-weight: 600;
      }
      .screens a:focus-visible {
        outline-offset: -2px;
      }
      .skip:not(:focus) {
        position: absolute;
        clip-path: inset(50%);
      }
    `,
  ]
  @property({ attribute: false }) session!: Session

  override render() {
    const [, , , screen = '', id = ''] = path.get().replace(/\/+$/, '').split('/')
    document.title = `${screen === 'find' ? words.find : screen === 'settings' ? words.settings : words.title} · ${app.title}`
    return html`<nav class="skips" aria-label=${app.toContent}><a class="skip button" href="#content" @click=${this.#skip}>${app.toContent}</a></nav>
      <app-bar .session=${this.session}>${app.title}</app-bar>
      <nav class="screens" aria-label=${words.navigation}>
        ${this.#link('/app/me', words.title, screen === '' || screen === 'visits')}
        ${this.#link('/app/me/find', words.find, screen === 'find')}
        ${this.#link('/app/me/settings', words.settings, screen === 'settings')}
      </nav>
      <main id="content" tabindex="-1">${cache(this.#screen(screen, decodeURIComponent(id)))}</main>`
  }

  #link(to: string, name: string, now: boolean) {
    return html`<a href=${to} aria-current=${now ? 'page' : nothing}>${name}</a>`
  }

  #screen(screen: string, id: string) {
    const { session } = this
    switch (screen) {
      case '':
        return html`<my-visits .session=${session}></my-visits>`
      case 'visits': {
        const visit = () => html`<my-visit .session=${session} .visitId=${id}></my-visit>`
        return late(this, 'my-visit', screens.visit, visit)
      }
      case 'find': {
        const home = () => html`<one-home .session=${session} .homeId=${id}></one-home>`
        if (id) return late(this, 'one-home', screens.home, home)
        return late(this, 'find-home', screens.find, () => html`<find-home .session=${session}></find-home>`)
      }
      case 'settings': {
        const settings = () => html`<my-settings .session=${session}></my-settings>`
        return late(this, 'my-settings', screens.settings, settings)
      }
      default:
        return html`<app-empty told=${words.notFound}><a href="/app/me">${words.back}</a></app-empty>`
    }
  }

  #skip = (event: Event) => {
    event.preventDefault()
    this.renderRoot.querySelector<HTMLElement>('#content')?.focus()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'my-page': MyPage
  }
}
