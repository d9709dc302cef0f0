import type { Agent, BookingClient } from '@estate-os/booking'
import { css, html, LitElement, type PropertyValues } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import { changedIn, Draft, type Entered, enteredOf } from '../../parts/draft'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { type TextField, textField } from '../../parts/text-field'
import { words as parts } from '../../parts/words'
import { words } from './words'

type FieldName = 'name' | 'phone' | 'locale' | 'photo_url'

/** How an agent says each thing of themselves, as the contract has it. In the order of the page. */
const FIELDS: Record<FieldName, Omit<TextField, 'label'>> = {
  name: { most: 200, autocomplete: 'name' },
  phone: { type: 'tel', most: 16, pattern: '\\+[1-9][0-9]{6,14}', autocomplete: 'tel' },
  locale: { most: 35, pattern: '[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*' },
  photo_url: { type: 'url', most: 2048, pattern: 'https://.*' },
}
const NAMES = Object.keys(FIELDS) as FieldName[]

/** What an agent says of themselves: what they are called, and how they are reached. Fires `done` once it is changed. */
@customElement('profile-form')
export class ProfileForm extends LitElement {
  static override styles = [
    shared,
    css`
      form {
        max-inline-size: 36rem;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) agent!: Agent
  #draft!: Draft<FieldName>
  readonly #acts = new Act(this)

  override willUpdate(changes: PropertyValues<this>) {
    if (!changes.has('agent')) return
    const known = enteredOf(NAMES, { ...this.agent })
    this.#draft ??= new Draft(known)
    this.#draft.take(known)
  }

  override render() {
    const { entered, changed } = this.#draft
    const idle = this.#acts.busy || changed.length === 0
    return html`<form class="card stack" @input=${this.#enter} @submit=${this.#save}>
      <h2>${words.profile}</h2>
      <p class="faint">${words.profileAdvice(this.agent.email)}</p>
      ${NAMES.map((name) => textField(name, entered[name], { ...words.fields[name], ...FIELDS[name] }))} ${this.#acts.refusal}
      <div class="row">
        <button class="primary" ?disabled=${idle}>${this.#acts.busy ? parts.doing : words.save}</button>
        <button type="button" ?disabled=${idle} @click=${this.#reset}>${words.reset}</button>
      </div>
    </form>`
  }

  #enter = (event: Event) => {
    const { name, value } = event.target as HTMLInputElement
    this.#draft.enter(name as FieldName, value)
    this.requestUpdate()
  }

  #reset = () => {
    this.#draft.reset()
    this.#acts.forget()
  }

  #save = async (event: Event) => {
    event.preventDefault()
    const { client } = this.session
    const before = this.#draft.known
    const after = enteredOf(NAMES, this.#draft.entered)
    await this.#acts.do(async () => {
      await patch(client, before, after)
      this.#draft.reset(after)
      tell({ text: words.saved, undo: () => patch(client, after, before) })
      this.dispatchEvent(new Event('done'))
    })
  }
}

/** Changes what is to be otherwise, and nothing else. */
function patch(client: BookingClient, from: Entered<FieldName>, to: Entered<FieldName>): Promise<unknown> {
  return client.patchProfile(Object.fromEntries(changedIn(from, to).map((name) => [name, to[name]])))
}

declare global {
  interface HTMLElementTagNameMap {
    'profile-form': ProfileForm
  }
}
