import { PropertyNotFound } from '@estate-os/booking'
import { html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { go } from '../../app/router'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/app-dialog'
import { shared } from '../../parts/shared'
import { textField } from '../../parts/text-field'
import { words as parts } from '../../parts/words'
import { words } from './words'

const ID = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'

/** Makes a home, by the id that the agency's own system has for it, or by a new one; then its page is shown. Fires `close`. */
@customElement('new-property')
export class NewProperty extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  readonly #acts = new Act(this)

  override render() {
    return html`<app-dialog heading=${words.make} ?busy=${this.#acts.busy} @close=${this.#leave}>
      <form class="stack" @submit=${this.#submit}>
        ${textField('label', null, { ...words.fields.label, most: 200, required: true })}
        ${textField('own', null, { ...words.ownId, most: 36, pattern: ID })}
        ${this.#acts.refusal}
      </form>
      <button slot="actions" ?disabled=${this.#acts.busy} @click=${this.#leave}>${parts.back}</button>
      <button slot="actions" class="primary" ?disabled=${this.#acts.busy} @click=${this.#ask}>${this.#acts.busy ? parts.doing : words.makeIt}</button>
    </app-dialog>`
  }

  #leave = () => this.dispatchEvent(new Event('close'))

  #ask = () => this.renderRoot.querySelector('form')?.requestSubmit()

  #submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const given = new FormData(event.target as HTMLFormElement)
    const property_id = String(given.get('own')).toLowerCase() || crypto.randomUUID()
    await this.#acts.do(async () => {
      if (!(await this.#isThere(property_id)))
        await this.session.client.putProperty({ property_id, label: String(given.get('label')).trim() })
      this.#leave()
      go(`/app/properties/${property_id}`)
    })
  }

  /** Why: under an id that is known already, all that is known of it would be replaced. */
  async #isThere(property_id: string): Promise<boolean> {
    try {
      await this.session.client.getProperty({ property_id })
      return true
    } catch (error) {
      if (error instanceof PropertyNotFound) return false
      throw error
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'new-property': NewProperty
  }
}
