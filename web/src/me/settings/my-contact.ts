import type { Channel, Contact } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { words as app } from '../../app/words'
import { Act } from '../../parts/act'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { LANGUAGES } from '../../words/language'
import { words } from '../words'
import './phone-proof'

const CHANNELS: Channel[] = ['email', 'sms', 'whatsapp']

/** Phone, language and channels of whoever is signed in, in every agency. */
@customElement('my-contact')
export class MyContact extends LitElement {
  static override styles = [
    shared,
    css`
      fieldset {
        display: grid;
        gap: 0.375rem;
        margin: 0;
        padding: 0;
        border: 0;
      }
      form {
        max-inline-size: 28rem;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  readonly #acts = new Act(this)
  @state() private own: boolean | null = null
  @query('form') private form!: HTMLFormElement
  #contact!: Reading<Contact>

  override connectedCallback() {
    this.#contact ??= new Reading(this, {
      read: async (signal) => (await this.session.client.getContact({}, { signal })).data.contact,
      lines: 4,
    })
    super.connectedCallback()
  }

  override render() {
    return html`<section class="card stack" aria-labelledby="contact">
      <h2 id="contact">${words.contact}</h2>
      ${this.#contact.render((contact) => {
        const own = this.own ?? contact.channels !== null
        return html`<form class="stack" @submit=${this.#save}>
            <div class="field">
              <label for="phone">${words.phone}</label>
              <input id="phone" name="phone" type="tel" autocomplete="tel" pattern="\\+[1-9][0-9]{6,14}" .value=${contact.phone ?? ''} aria-describedby="hint" />
              <span id="hint" class="small faint">${words.phoneHint}</span>
            </div>
            <label class="field">
              ${words.locale}
              <select name="locale">
                <option value="" ?selected=${!contact.locale}>${words.localeNone}</option>
                ${localesWith(contact.locale).map((one) => html`<option value=${one} ?selected=${one === contact.locale}>${nameOf(one)}</option>`)}
              </select>
            </label>
            <fieldset>
              <legend class="label">${words.channels}</legend>
              ${[false, true].map(
                (one) => html`<label class="choice">
                  <input type="radio" name="own" .checked=${own === one} @change=${() => this.#choose(one)} />${one ? words.channelsOwn : words.channelsNone}
                </label>`,
              )}
              ${
                own
                  ? CHANNELS.map(
                      (one) => html`<label class="choice">
                        <input type="checkbox" name="channel" value=${one} .checked=${contact.channels?.includes(one) ?? one === 'email'} />${words.channel[one]}
                      </label>`,
                    )
                  : nothing
              }
            </fieldset>
            ${this.#acts.refusal}
            <div><button class="primary" ?disabled=${this.#acts.busy}>${words.save}</button></div>
          </form>
          ${
            contact.phone
              ? html`<phone-proof .session=${this.session} .contact=${contact} @proved=${() => void this.#contact.reload()}></phone-proof>`
              : nothing
          }`
      })}
    </section>`
  }

  #choose(own: boolean): void {
    this.own = own
  }

  #save = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(this.form)
    const own = this.own ?? this.#contact.value?.channels != null
    const said = (name: string) => String(form.get(name) ?? '').trim() || null
    await this.#acts.do(async () => {
      const channels = own ? (form.getAll('channel') as Channel[]) : null
      await this.session.client.patchContact({ phone: said('phone'), locale: said('locale'), channels })
      tell({ text: words.saved })
      await this.#contact.reload()
    })
  }
}

const localesWith = (own: string | null) => [...LANGUAGES, ...(own && !(LANGUAGES as readonly string[]).includes(own) ? [own] : [])]
const nameOf = (locale: string) => (app.languages as Record<string, string>)[locale] ?? locale

declare global {
  interface HTMLElementTagNameMap {
    'my-contact': MyContact
  }
}
