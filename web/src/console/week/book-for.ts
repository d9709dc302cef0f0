import type { Applicant, Slot } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { words as parts } from '../../parts/words'
import { words } from './words'

const SOON = 250 // milliseconds after the last letter

/** Finds an applicant, and books a slot on their behalf. Fires `done`. */
@customElement('book-for')
export class BookFor extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) slotToBook!: Slot
  @state() private found: Applicant[] = []
  readonly #acts = new Act(this)
  #timer = 0
  #asked = new AbortController()

  override firstUpdated() {
    void this.#find('')
    this.renderRoot.querySelector('input')?.focus()
  }

  override render() {
    return html`<form class="stack card" @submit=${this.#book}>
      <h3>${words.bookFor}</h3>
      <label class="field">${words.find}<input name="q" type="search" autocomplete="off" @input=${this.#typed} /></label>
      <label class="field">
        ${words.applicant}
        <select name="applicant" required>
          ${this.found.map((one) => html`<option value=${one.id}>${one.name} · ${one.email}</option>`)}
        </select>
        ${this.found.length === 0 ? html`<span class="small faint">${words.findAdvice}</span>` : nothing}
      </label>
      <label class="field">${words.party}<input name="party" type="number" min="1" max="50" value="1" required /></label>
      <label class="field">${words.notes}<textarea name="notes" maxlength="2000"></textarea></label>
      ${this.#acts.refusal}
      <div><button class="primary" ?disabled=${this.#acts.busy || this.found.length === 0}>${this.#acts.busy ? parts.doing : words.book}</button></div>
    </form>`
  }

  #typed = (event: Event) => {
    clearTimeout(this.#timer)
    const { value } = event.target as HTMLInputElement
    this.#timer = window.setTimeout(() => void this.#find(value.trim()), SOON)
  }

  async #find(q: string): Promise<void> {
    this.#asked.abort()
    this.#asked = new AbortController()
    const { signal } = this.#asked
    try {
      const { data } = await this.session.client.listApplicants({ eligible: true, limit: 20, ...(q && { q }) }, { signal })
      this.found = data.applicants
    } catch (error) {
      if (!signal.aborted) this.#acts.refuse(error)
    }
  }

  #book = async (event: SubmitEvent) => {
    event.preventDefault()
    const given = Object.fromEntries(new FormData(event.target as HTMLFormElement)) as Record<string, string>
    const { client } = this.session
    await this.#acts.do(async () => {
      const { data } = await client.createBooking({
        slot_id: this.slotToBook.id,
        applicant_id: given.applicant!,
        party_size: Number(given.party),
        notes: given.notes ?? '',
      })
      const name = this.found.find(({ id }) => id === given.applicant)?.name ?? ''
      tell({ text: words.bookedFor(name), undo: () => client.cancelBooking({ booking_id: data.booking.id }) })
      this.dispatchEvent(new Event('done'))
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'book-for': BookFor
  }
}
