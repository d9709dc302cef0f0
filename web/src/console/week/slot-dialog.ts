import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/app-dialog'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { dayOf, hoursOf } from '../../parts/times'
import { words as parts } from '../../parts/words'
import { instantIn, localIn } from '../../parts/zones'
import './book-for'
import { isUntouched, type SlotEntry } from './entries'
import './slot-schedule'
import { placeOf, titleOf } from './texts'
import { words } from './words'

const MINUTE = 60_000

/** A slot: who comes, and what can be done with it. Fires `done`, `close`, `move` with the new start, and `resize` with the new end. */
@customElement('slot-dialog')
export class SlotDialog extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) entry!: SlotEntry
  @property() zone = 'UTC'
  @state() private doing: 'nothing' | 'cancel' | 'book' = 'nothing'
  readonly #acts = new Act(this)

  override render() {
    return html`<app-dialog heading=${this.doing === 'cancel' ? words.cancelHeading : placeOf(this.entry)} ?busy=${this.#acts.busy} @close=${() => this.dispatchEvent(new Event('close'))}>
      ${this.doing === 'cancel' ? this.#cancelling() : this.#shown()}
      ${this.#acts.refusal}
      ${this.doing === 'cancel' ? this.#cancelActions() : html`<button slot="actions" @click=${this.#close}>${parts.close}</button>`}
    </app-dialog>`
  }

  #shown() {
    const { slot, visits, start, end, look } = this.entry
    const can = (action: (typeof slot.available_actions)[number]) => slot.available_actions.includes(action)
    return html`
      <div>
        <strong>${dayOf(start, this.zone)}, ${hoursOf(start, end, this.zone)}</strong>
        <div class="row">
          <span class="badge">${words.looks[look]}</span>${slot.capacity > 1 ? titleOf(this.entry) : nothing}
          <span class="faint">${slot.agent.name}</span>
        </div>
        ${slot.reason ? html`<p>${slot.reason}</p>` : nothing}
        <slot-schedule .session=${this.session} slot-id=${slot.id}></slot-schedule>
      </div>
      <div class="stack">
        <h3>${words.who}</h3>
        ${visits.length === 0 ? html`<p class="faint">${words.nobody}</p>` : nothing}
        <ul class="plain stack">
          ${visits.map(
            (one) =>
              html`<li class="row between">
                <span>${one.applicant?.name} · ${words.people(one.party_size)}${one.notes ? html`<br /><q>${one.notes}</q>` : nothing}</span>
                <a href=${`/app/visits/${one.id}`} aria-label=${`${words.open}: ${one.applicant?.name}`}>${words.open}</a>
              </li>`,
          )}
        </ul>
      </div>
      ${
        can('book_for')
          ? this.doing === 'book'
            ? html`<book-for .session=${this.session} .slotToBook=${slot} @done=${this.#done}></book-for>`
            : html`<div><button @click=${() => (this.doing = 'book')}>${words.bookFor}</button></div>`
          : nothing
      }
      ${can('move') ? this.#moveForm() : nothing} ${can('move') && isUntouched(this.entry) ? this.#lengthForm() : nothing}
      ${can('set_capacity') ? this.#capacityForm() : nothing}
      ${can('cancel') ? html`<div><button class="danger" @click=${() => (this.doing = 'cancel')}>${words.cancel}</button></div>` : nothing}
    `
  }

  #moveForm = () => html`<form class="row" @submit=${this.#move}>
    <label class="field">
      ${words.moveTo}
      <input name="to" type="datetime-local" required .value=${localIn(this.zone, this.entry.start).slice(0, 16)} />
    </label>
    <button>${words.move}</button>
  </form>`

  #lengthForm = () => html`<form class="row" @submit=${this.#resize}>
    <label class="field">
      ${words.long}
      <input name="long" type="number" min="5" max="480" required .value=${String((this.entry.end.getTime() - this.entry.start.getTime()) / MINUTE)} />
    </label>
    <button>${words.setLong}</button>
  </form>`

  #capacityForm = () => html`<form class="row" @submit=${this.#setCapacity}>
    <label class="field">
      ${words.capacity}
      <input name="capacity" type="number" min="1" max="200" required .value=${String(this.entry.slot.capacity)} />
    </label>
    <button ?disabled=${this.#acts.busy}>${words.setCapacity}</button>
  </form>`

  #cancelling() {
    const { visits } = this.entry
    return html`
      <p>${visits.length ? words.cancelPeople(visits.map((one) => one.applicant?.name).join(', ')) : words.cancelNobody}</p>
      ${visits.length === 0 && !isUntouched(this.entry) ? html`<p>${words.cancelHeld}</p>` : nothing}
      <p>${words.noWayBack}</p>
      <label class="field">${words.reason}<input id="reason" maxlength="500" /><span class="small faint">${words.reasonAdvice}</span></label>
    `
  }

  #cancelActions = () => html`
    <button slot="actions" ?disabled=${this.#acts.busy} @click=${() => (this.doing = 'nothing')}>${words.keep}</button>
    <button slot="actions" class="danger" ?disabled=${this.#acts.busy} @click=${this.#cancel}>${this.#acts.busy ? parts.doing : words.cancel}</button>
  `

  #close = () => this.dispatchEvent(new Event('close'))
  #done = () => this.dispatchEvent(new Event('done'))

  #cancel = () => {
    const reason = this.renderRoot.querySelector<HTMLInputElement>('#reason')?.value
    return this.#write(async () => {
      await this.session.client.cancelSlot({ slot_id: this.entry.id, ...(reason && { reason }) })
      tell({ text: words.cancelled })
    })
  }

  #move = (event: SubmitEvent) => {
    event.preventDefault()
    const to = String(new FormData(event.target as HTMLFormElement).get('to'))
    this.dispatchEvent(new CustomEvent('move', { detail: instantIn(this.zone, to) }))
  }

  #resize = (event: SubmitEvent) => {
    event.preventDefault()
    const minutes = Number(new FormData(event.target as HTMLFormElement).get('long'))
    this.dispatchEvent(new CustomEvent('resize', { detail: new Date(this.entry.start.getTime() + minutes * MINUTE) }))
  }

  #setCapacity = (event: SubmitEvent) => {
    event.preventDefault()
    const capacity = Number(new FormData(event.target as HTMLFormElement).get('capacity'))
    const { client } = this.session
    const { id: slot_id, slot } = this.entry
    return this.#write(async () => {
      await client.setCapacity({ slot_id, capacity })
      tell({ text: words.capacitySet(capacity), undo: () => client.setCapacity({ slot_id, capacity: slot.capacity }) })
    })
  }

  async #write(act: () => Promise<void>): Promise<void> {
    if (await this.#acts.do(act)) this.#done()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'slot-dialog': SlotDialog
  }
}
