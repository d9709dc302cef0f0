import { SignalWatcher } from '@lit-labs/signals'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { Act } from '../parts/act'
import '../parts/app-dialog'
import '../parts/app-skeleton'
import '../parts/app-told'
import { shared } from '../parts/shared'
import { language } from '../words/page-language'
import './new-version'
import { go, path, startRouting } from './router'
import { AnotherPerson, type Credentials, openSession, type Session, UnknownPerson } from './session'
import { settingsOf } from './settings'
import { words } from './words'

const settings = settingsOf(document)

/** The page: somebody signs in, and sees the agency's console (`/app`) or their own visits (`/app/me`). */
@customElement('booking-app')
export class BookingApp extends SignalWatcher(LitElement) {
  static override styles = [
    shared,
    css`
      .signing {
        inline-size: min(28rem, 100% - 2rem);
        margin: 12vh auto 2rem;
        border-radius: calc(2 * var(--radius));
        box-shadow: var(--shadow);
      }
    `,
  ]
  @state() private session: Session | null = null
  readonly #acts = new Act(this)

  override connectedCallback() {
    super.connectedCallback()
    document.documentElement.lang = language
    document.title = words.title
    startRouting()
    if (settings.sign_in === 'people') void import('./sign-in/people-sign-in')
    if (settings.sign_in === 'supabase') void import('./sign-in/supabase-sign-in')
  }

  override render() {
    return html`<new-version></new-version>${this.session ? this.#inside(this.session) : this.#outside()}
      ${this.session?.expired.get() ? this.#again(this.session) : nothing}<app-told></app-told>`
  }

  /** Over the page, so that nothing of what is typed there is lost. */
  #again(session: Session) {
    return html`<app-dialog heading=${words.again} busy>
      <p>${words.goesOn(session.name)}</p>
      ${this.#acts.error instanceof AnotherPerson ? html`<p class="fault" role="alert">${words.another(session.name)}</p>` : this.#refusal()}
      ${this.#door(this.#renew)}
      <button slot="actions" class="quiet" @click=${session.signOut}>${words.signOut}</button>
    </app-dialog>`
  }

  #inside(session: Session) {
    if (session.me.agent === null && session.me.applicants.length === 0) {
      return html`<main class="signing card stack">
        <h1>${words.signedInAs(session.name)}</h1>
        <p>${words.nobody}</p>
        <div><button @click=${session.signOut}>${words.signOut}</button></div>
      </main>`
    }
    const mine = path.get().startsWith('/app/me')
    if (mine || session.me.agent === null) {
      if (!mine) queueMicrotask(() => go('/app/me', { replace: true }))
      void import('../me/my-page')
      return html`<my-page .session=${session}></my-page>`
    }
    void import('../console/agency-console')
    return html`<agency-console .session=${session}></agency-console>`
  }

  #outside() {
    return html`<main class="signing card stack">
      <h1>${words.who}</h1>
      ${this.#refusal()} ${this.#acts.busy ? html`<app-skeleton></app-skeleton>` : this.#door(this.#enter)}
    </main>`
  }

  #refusal() {
    const { error } = this.#acts
    return error instanceof UnknownPerson ? html`<p class="fault" role="alert">${words.unknown(error.message)}</p>` : this.#acts.refusal
  }

  #door(enter: (event: CustomEvent<Credentials>) => void) {
    if (settings.sign_in === 'people') return html`<people-sign-in @signed-in=${enter}></people-sign-in>`
    if (settings.sign_in === 'supabase') {
      return html`<supabase-sign-in
        url=${settings.supabase_url ?? ''}
        key=${settings.supabase_key ?? ''}
        @signed-in=${enter}
      ></supabase-sign-in>`
    }
    return html`<p>${words.notConfigured}</p>`
  }

  #enter = ({ detail }: CustomEvent<Credentials>) =>
    this.#acts.do(async () => {
      this.session = await openSession(detail, this.#ended).catch((error) => {
        forgetWho()
        throw error
      })
    })

  #renew = ({ detail }: CustomEvent<Credentials>) => this.#acts.do(async () => this.session?.renew(detail))

  #ended = () => {
    this.session = null
    this.#acts.forget()
    forgetWho()
  }
}

/** The address chooses nobody any more: who is refused would be chosen again and again. */
function forgetWho(): void {
  const address = new URL(location.href)
  address.searchParams.delete('as')
  history.replaceState(null, '', address)
}
