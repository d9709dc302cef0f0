import type { Applicant } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import '../../parts/app-empty'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import '../../parts/table-export'
import { words as visits } from '../visits/words'
import { words } from './words'

const PAGE = 50
const SOON = 250 // milliseconds after the last letter

/** The agency's applicants, to be searched, as the screening let them in. */
@customElement('applicant-list')
export class ApplicantList extends LitElement {
  static override styles = [
    shared,
    css`
      .field {
        flex: 1 1 12rem;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @state() private asked: { q?: string; eligible?: boolean } = {}
  #most = PAGE
  #timer = 0
  #found!: Reading<{ applicants: Applicant[]; more: boolean }>

  override connectedCallback() {
    this.#found ??= new Reading(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['applicant.'],
      order: ({ applicants }) => applicants.map(({ id }) => id),
      lines: 8,
    })
    super.connectedCallback()
  }

  override render() {
    return html`<div class="stack">
      <div class="row between">
        <h1>${words.title}</h1>
        <table-export .client=${this.session.client} .list=${'listApplicants'} .parameters=${this.asked} name=${words.file}></table-export>
      </div>
      <form class="row" role="search" @submit=${(event: Event) => event.preventDefault()} @input=${this.#search}>
        <label class="field">${words.search} <input type="search" name="q" maxlength="200" /></label>
        <label class="field">
          ${words.which}
          <select name="eligible">
            <option value="">${words.all}</option>
            <option value="true">${words.may}</option>
            <option value="false">${words.mayNot}</option>
          </select>
        </label>
      </form>
      ${this.#found.render(({ applicants, more }) =>
        applicants.length === 0
          ? html`<app-empty told=${words.none}>${words.advice}</app-empty>`
          : html`<ul class="plain stack">
                ${applicants.map(this.#applicant)}
              </ul>
              ${more ? html`<div><button @click=${this.#more}>${words.more}</button></div>` : nothing}`,
      )}
    </div>`
  }

  #applicant = (one: Applicant) => html`<li class="card row between">
    <div>
      <a href="/app/applicants/${one.id}"><strong>${one.name}</strong></a>
      <div class="faint">${one.email} · ${one.linked ? words.linked : words.unlinked}</div>
    </div>
    <span class="badge ${one.eligible ? '' : 'danger'}">${visits.risk(one.risk_level)}</span>
  </li>`

  #search = (event: Event) => {
    const asked = new FormData(event.currentTarget as HTMLFormElement)
    const [q, eligible] = [String(asked.get('q')).trim(), asked.get('eligible')]
    this.asked = { ...(q && { q }), ...(eligible && { eligible: eligible === 'true' }) }
    this.#most = PAGE
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => void this.#found.reload(), SOON)
  }

  #more = () => {
    this.#most += PAGE
    void this.#found.reload()
  }

  async #read(signal: AbortSignal) {
    const applicants: Applicant[] = []
    for await (const one of this.session.client.each.listApplicants({ ...this.asked, limit: PAGE }, { signal })) {
      if (applicants.length === this.#most) return { applicants, more: true }
      applicants.push(one)
    }
    return { applicants, more: false }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'applicant-list': ApplicantList
  }
}
