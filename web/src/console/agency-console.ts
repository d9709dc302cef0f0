import { SignalWatcher } from '@lit-labs/signals'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { until } from 'lit/directives/until.js'
import '../app/app-bar'
import { path } from '../app/router'
import type { Session } from '../app/session'
import { words as app } from '../app/words'
import '../parts/app-empty'
import { shared } from '../parts/shared'
import { type Screen, screens } from './screens'
import { words } from './words'

/** The agency's console: the navigation, and the screen that the address names. */
@customElement('agency-console')
export class AgencyConsole extends SignalWatcher(LitElement) {
  static override styles = [
    shared,
    css`
      .frame {
        display: grid;
        grid-template-columns: 13rem minmax(0, 1fr);
        min-block-size: calc(100dvh - 4rem);
      }
      .screens {
        padding: calc(2 * var(--space));
        border-inline-end: 1px solid var(--line);
        background: var(--surface);
      }
      .screens h2 {
        margin-block: calc(2 * var(--space)) 0.25rem;
        color: var(--faint);
        font-size: 0.75rem;
        letter-spacing: 0.04em;
        text-transform: uppercase;
      }
      .screens section:first-child h2 {
        margin-block-start: 0;
      }
      .screens a {
        display: block;
        padding: 0.375rem 0.625rem;
        border-radius: var(--radius);
        color: var(--ink);
        text-decoration: none;
      }
      .screens a:hover {
        background: var(--tint);
      }
      .screens a[aria-current="page"] {
        background: var(--tint);
        color: var(--accent);
        font-weight: 600;
      }
      main {
        padding: calc(3 * var(--space));
      }
      .skip:not(:focus) {
        position: absolute;
        clip-path: inset(50%);
      }
      @media (width < 48rem) {
        .frame {
          grid-template-columns: minmax(0, 1fr);
          grid-template-rows: auto 1fr;
        }
        .screens {
          display: flex;
          gap: 0.25rem;
          padding: 0.375rem;
          overflow-x: auto;
          border-inline-end: 0;
          border-block-end: 1px solid var(--line);
        }
        .screens section {
          display: flex;
          gap: 0.25rem;
        }
        .screens h2 {
          display: none;
        }
        .screens a {
          white-space: nowrap;
        }
        main {
          padding: calc(1.5 * var(--space));
        }
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  #current: Element | null = null

  override render() {
    const [, , name = '', ...rest] = path.get().replace(/\/+$/, '').split('/')
    const screen = name === '' ? screens[0] : screens.find((one) => one.name === name)
    return html`
      <nav class="skips" aria-label=${app.toContent}><a class="skip button" href="#content" @click=${this.#skip}>${app.toContent}</a></nav>
      <app-bar .session=${this.session}>${app.title}</app-bar>
      <div class="frame">
        <nav class="screens" aria-label=${words.navigation}>${this.#navigation(screen)}</nav>
        <main id="content" tabindex="-1">
          ${screen && this.#sees(screen) ? until(this.#load(screen, rest.join('/')), html`<app-skeleton lines="5"></app-skeleton>`) : html`<app-empty told=${screen ? words.adminsOnly : words.notFound}></app-empty>`}
        </main>
      </div>
    `
  }

  override updated() {
    const link = this.renderRoot.querySelector('a[aria-current="page"]')
    if (!link || link === this.#current) return
    this.#current = link
    const middle = (one: Element) => one.getBoundingClientRect().left + one.getBoundingClientRect().width / 2
    const bar = link.closest('nav')!
    bar.scrollLeft += middle(link) - middle(bar) // on a phone it is longer than the screen
  }

  #navigation(now: Screen | undefined) {
    return Object.entries(words.groups).map(([group, heading]) => {
      const own = screens.filter((one) => one.group === group && this.#sees(one))
      if (own.length === 0) return nothing
      return html`<section>
        <h2>${heading}</h2>
        ${own.map(
          (one) =>
            html`<a href=${one === screens[0] ? '/app' : `/app/${one.name}`} aria-current=${one === now ? 'page' : 'false'}
              >${words.screens[one.name]}</a
            >`,
        )}
      </section>`
    })
  }

  #sees(screen: Screen): boolean {
    return !screen.admin || this.session.me.agent?.role === 'admin'
  }

  async #load(screen: Screen, rest: string): Promise<unknown> {
    document.title = `${words.screens[screen.name] ?? app.title} · ${app.title}`
    const render = await screen.load().catch(() => null)
    return render ? render(this.session, rest) : html`<app-skeleton lines="5"></app-skeleton>` // <new-version> says why
  }

  #skip = (event: Event) => {
    event.preventDefault()
    this.renderRoot.querySelector<HTMLElement>('#content')?.focus()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'agency-console': AgencyConsole
  }
}
