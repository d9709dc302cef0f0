import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { Act } from '../../parts/act'
import { shared } from '../../parts/shared'
import type { Credentials } from '../session'
import { words } from '../words'
import { Supabase, whyRefused } from './supabase'

/** A form to sign in by Supabase. Fires `signed-in` with credentials. */
@customElement('supabase-sign-in')
export class SupabaseSignIn extends LitElement {
  static override styles = [shared]
  @property() url = ''
  @property() key = ''
  @state() private codeSentTo: string | null = null
  readonly #acts = new Act(this)
  #supabase!: Supabase

  override willUpdate() {
    this.#supabase ??= new Supabase(this.url, this.key)
  }

  override render() {
    return html`<form class="stack" @submit=${this.#submit}>
      <div class="field">
        <label for="email">${words.email}</label>
        <input id="email" name="email" type="email" autocomplete="username" required ?readonly=${this.codeSentTo !== null} />
      </div>
      ${
        this.codeSentTo === null
          ? html`<div class="field">
              <label for="password">${words.password}</label>
              <input id="password" name="password" type="password" autocomplete="current-password" />
            </div>`
          : html`<p role="status">${words.codeSent(this.codeSentTo)}</p>
              <div class="field">
                <label for="code">${words.code}</label>
                <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required />
              </div>`
      }
      ${this.#acts.error === undefined ? nothing : html`<p class="fault" role="alert">${words[whyRefused(this.#acts.error)]}</p>`}
      <div class="row">
        <button class="primary" value="enter" ?disabled=${this.#acts.busy}>${words.signIn}</button>
        ${this.codeSentTo === null ? html`<button value="code" ?disabled=${this.#acts.busy}>${words.sendCode}</button>` : nothing}
      </div>
    </form>`
  }

  #submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.target as HTMLFormElement)
    const [email, password, code] = ['email', 'password', 'code'].map((name) => String(form.get(name) ?? ''))
    await this.#acts.do(async () => {
      if ((event.submitter as HTMLButtonElement | null)?.value === 'code') {
        await this.#supabase.sendCode(email!)
        this.codeSentTo = email!
        return
      }
      const credentials: Credentials = await (this.codeSentTo === null
        ? this.#supabase.withPassword(email!, password!)
        : this.#supabase.withCode(this.codeSentTo, code!))
      this.dispatchEvent(new CustomEvent('signed-in', { detail: credentials }))
    })
  }
}
