import type { Slot } from '@estate-os/booking'
import { html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Session } from '../../app/session'
import '../../parts/app-empty'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { when } from '../../parts/when'
import { words } from './words'

const AHEAD = 60 * 86_400_000

/** The coming times with more than one place. */
@customElement('open-houses')
export class OpenHouses extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  #slots!: Reading<Slot[]>

  override connectedCallback() {
    this.#slots ??= new Reading(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['slot.', 'booking.', 'hold.'],
      order: (slots) => slots.map(({ id }) => id),
    })
    super.connectedCallback()
  }

  override render() {
    return html`<div class="stack">
      <h1>${words.title}</h1>
      ${this.#slots.render((slots) =>
        slots.length === 0
          ? html`<app-empty told=${words.none}>${words.advice}</app-empty>`
          : html`<ul class="plain stack">
              ${repeat(slots, ({ id }) => id, this.#slot)}
            </ul>`,
      )}
    </div>`
  }

  #slot = (one: Slot) => html`<li class="card row between">
    <div>
      <a href="/app/open-house/${one.id}"><strong>${one.property.label}</strong></a>
      <div>${when(one)}</div>
      <div class="faint">${one.agent.name}</div>
    </div>
    <span class="badge ${one.places_left ? '' : 'warning'}">${words.taken(one.capacity - one.places_left, one.capacity)}</span>
  </li>`

  async #read(signal: AbortSignal): Promise<Slot[]> {
    const from = new Date()
    const asked = { status: ['available' as const, 'booked' as const], from, to: new Date(from.getTime() + AHEAD), limit: 100 }
    const all = await Array.fromAsync(this.session.client.each.listSlots(asked, { signal }))
    return all.filter(({ capacity }) => capacity > 1)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'open-houses': OpenHouses
  }
}
