import type { Contact, PhoneCode } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { words } from '../words'

/** Whether a phone is known to be the person's, and how it is proved: by a code that is sent to it. Fires `proved`. */
@customElement('phone-proof')
export class PhoneProof extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) contact!: Contact
  @state() private sent: PhoneCode | null = null
  readonly #acts = new Act(this)
  @query('input') private code!: HTMLInputElement

  override render() {
    const { phone, phone_proved } = this.contact
    if (phone_proved) return html`<p><span class="badge">✓ ${phone}: ${words.proved}</span></p>`
    return html`<form class="stack" @submit=${this.#prove}>
      <p>${phone}: ${words.unproved}</p>
      ${
        this.sent
          ? html`<p role="status">${words.codeSent(this.sent.phone, Math.round(this.sent.expires_in_seconds / 60))}</p>
              <div class="field">
                <label for="code">${words.code}</label>
                <input id="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" maxlength="6" required />
              </div>`
          : nothing
      }
      ${this.#acts.refusal}
      <div class="row">
        ${this.sent ? html`<button class="primary" ?disabled=${this.#acts.busy}>${words.prove}</button>` : nothing}
        <button type="button" ?disabled=${this.#acts.busy} @click=${this.#send}>${words.sendCode}</button>
      </div>
    </form>`
  }

  #send = () =>
    this.#acts.do(async () => {
      this.sent = (await this.session.client.sendPhoneCode({})).data.phone_code
    })

  #prove = (event: SubmitEvent) => {
    event.preventDefault()
    return this.#acts.do(async () => {
      await this.session.client.provePhone({ code: this.code.value })
      this.sent = null
      tell({ text: words.phoneProved })
      this.dispatchEvent(new Event('proved'))
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'phone-proof': PhoneProof
  }
}
