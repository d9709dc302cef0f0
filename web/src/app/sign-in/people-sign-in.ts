import { css, html, LitElement } from 'lit'
import { customElement } from 'lit/decorators.js'
import '../../parts/app-problem'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { words } from '../words'
import { asPerson, type Person, people } from './people'

/** The demo's people to choose from. Fires `signed-in` with credentials; `?as=EMAIL` in the address chooses at once. */
@customElement('people-sign-in')
export class PeopleSignIn extends LitElement {
  static override styles = [
    shared,
    css`
      button {
        inline-size: 100%;
        flex-wrap: wrap;
        justify-content: space-between;
        padding: 0.75rem 1rem;
        overflow-wrap: anywhere;
        text-align: start;
      }
    `,
  ]
  readonly #people = new Reading(this, { read: people, lines: 5 })

  override firstUpdated() {
    const asked = new URLSearchParams(location.search).get('as')
    if (asked) this.#choose({ email: asked, name: asked })
  }

  override render() {
    return this.#people.render(
      (all) => html`
        <div class="stack">
          <p class="faint">${words.people}</p>
          <ul class="plain stack">
            ${all.map(
              (one) => html`<li>
                <button @click=${() => this.#choose(one)}>
                  <span>${one.name}<br /><span class="small faint">${one.email}</span></span>
                  <span class="badge">${words.role[one.role]}</span>
                </button>
              </li>`,
            )}
          </ul>
        </div>
      `,
    )
  }

  #choose(one: Pick<Person, 'email' | 'name'>): void {
    const address = new URL(location.href)
    address.searchParams.set('as', one.email)
    history.replaceState(null, '', address)
    this.dispatchEvent(new CustomEvent('signed-in', { detail: asPerson(one) }))
  }
}
