import type { Property } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import '../../parts/app-empty'
import { propertyName } from '../../parts/property-choice'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import '../../parts/table-export'
import './new-property'
import './slots-import'
import { standing } from './standing'
import { words } from './words'

const PAGE = 50
const SOON = 250 // milliseconds after the last letter

/** The agency's homes, to be searched; the one that was changed last is the last. */
@customElement('property-list')
export class PropertyList extends LitElement {
  static override styles = [
    shared,
    css`
      .field {
        flex: 1 1 12rem;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @state() private asked: { q?: string; status?: Property['status'] } = {}
  @state() private making = false
  @state() private importing = false
  #most = PAGE
  #timer = 0
  #found!: Reading<{ homes: Property[]; more: boolean }>

  override connectedCallback() {
    this.#found ??= new Reading(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['property.'],
      order: ({ homes }) => homes.map(({ id }) => id),
      lines: 8,
    })
    super.connectedCallback()
  }

  override render() {
    return html`<div class="stack">
        <div class="row between">
          <h1>${words.title}</h1>
          <div class="row">
            <table-export .client=${this.session.client} .list=${'listProperties'} .parameters=${this.asked} name=${words.file}></table-export>
            <button @click=${() => (this.importing = true)}>${words.importOpen}</button>
            <button class="primary" @click=${() => (this.making = true)}>${words.make}</button>
          </div>
        </div>
        <form class="row" role="search" @submit=${(event: Event) => event.preventDefault()} @input=${this.#search}>
          <label class="field">${words.search} <input type="search" name="q" maxlength="200" /></label>
          <label class="field">
            ${words.which}
            <select name="status">
              <option value="">${words.all}</option>
              <option value="active">${words.states.active}</option>
              <option value="archived">${words.states.archived}</option>
            </select>
          </label>
        </form>
        ${this.#found.render(({ homes, more }) =>
          homes.length === 0
            ? html`<app-empty told=${words.none}>${this.asked.q || this.asked.status ? words.noneFound : words.advice}</app-empty>`
            : html`<ul class="plain stack">
                  ${homes.map(this.#home)}
                </ul>
                ${more ? html`<div><button @click=${this.#more}>${words.more}</button></div>` : nothing}`,
        )}
      </div>
      ${this.making ? html`<new-property .session=${this.session} @close=${() => (this.making = false)}></new-property>` : nothing}
      ${this.importing ? html`<slots-import .session=${this.session} @close=${() => (this.importing = false)}></slots-import>` : nothing}`
  }

  #home = (one: Property) => html`<li class="card row between">
    <div>
      <a href="/app/properties/${one.id}"><strong>${propertyName(one)}</strong></a>
      <div class="faint">${[one.area, one.address].filter(Boolean).join(' · ') || words.nothingSaid}</div>
    </div>
    <div class="row">${standing(one)}</div>
  </li>`

  #search = (event: Event) => {
    const asked = new FormData(event.currentTarget as HTMLFormElement)
    const [q, status] = [String(asked.get('q')).trim(), asked.get('status') as Property['status'] | '']
    this.asked = { ...(q && { q }), ...(status && { status }) }
    this.#most = PAGE
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => void this.#found.reload(), SOON)
  }

  #more = () => {
    this.#most += PAGE
    void this.#found.reload()
  }

  async #read(signal: AbortSignal) {
    const homes: Property[] = []
    for await (const one of this.session.client.each.listProperties({ ...this.asked, limit: PAGE }, { signal })) {
      if (homes.length === this.#most) return { homes, more: true }
      homes.push(one)
    }
    return { homes, more: false }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'property-list': PropertyList
  }
}
