import type { Booking, Entry, Slot } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/app-empty'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import '../../parts/table-export'
import { tell } from '../../parts/tell'
import { when } from '../../parts/when'
import { statusBadge } from '../visits/visit-status'
import { queueOf } from '../waitlists/queues'
import { waiting } from '../waitlists/waiting'
import { words as waitlists } from '../waitlists/words'
import { words } from './words'

interface Visitors {
  slot: Slot
  bookings: Booking[]
  entries: Entry[]
}

/** Who comes to a slot, and who waits for a place there; also to be printed, with a box to tick for each. */
@customElement('slot-visitors')
export class SlotVisitors extends LitElement {
  static override styles = [
    shared,
    css`
      input[type="number"] {
        inline-size: 6rem;
      }
      ol {
        margin: 0;
      }
      .box {
        display: none;
      }
      @media print {
        .screen {
          display: none;
        }
        .box {
          display: table-cell;
        }
        td.box::before {
          content: "☐";
        }
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: 'slot-id' }) slotId = ''
  readonly #acts = new Act(this)
  #visitors!: Reading<Visitors>

  override connectedCallback() {
    this.#visitors ??= new Reading(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['booking.', 'slot.', 'waitlist.'],
      order: ({ bookings, entries }) => [...bookings, ...entries].map(({ id }) => id),
      lines: 6,
    })
    super.connectedCallback()
  }

  override render() {
    return this.#visitors.render(
      ({ slot, bookings, entries }) => html`<div class="stack">
        <div class="row between">
          <div>
            <h1>${slot.property.label}</h1>
            <p>${when(slot)}</p>
            <p class="faint">${slot.agent.name} · ${words.taken(slot.capacity - slot.places_left, slot.capacity)}</p>
          </div>
          <div class="row screen">
            <button @click=${() => print()}>${words.print}</button>
            <table-export
              .client=${this.session.client}
              .list=${'listBookings'}
              .parameters=${{ slot_id: slot.id }}
              name=${words.file}
            ></table-export>
          </div>
        </div>
        ${this.#capacity(slot)}
        <h2 id="who">${words.who}</h2>
        ${bookings.length ? this.#table(bookings) : html`<app-empty told=${words.nobody}>${words.nobodyAdvice}</app-empty>`}
        ${
          entries.length
            ? html`<h2>${waitlists.title}</h2>
              <ol class="stack">${queueOf(entries).map(waiting(this.session.clock))}</ol>`
            : nothing
        }
      </div>`,
    )
  }

  #capacity(slot: Slot) {
    if (!slot.available_actions.includes('set_capacity')) return nothing
    return html`<form class="row screen" @submit=${(event: SubmitEvent) => this.#setCapacity(event, slot)}>
        <label class="row">${words.places} <input type="number" name="capacity" min="1" max="200" required .value=${String(slot.capacity)} /></label>
        <button ?disabled=${this.#acts.busy}>${words.set}</button>
      </form>
      ${this.#acts.refusal}`
  }

  #table(bookings: Booking[]) {
    return html`<div class="scroller" tabindex="0" role="region" aria-labelledby="who">
      <table>
        <thead>
          <tr>
            <th class="box" scope="col">${words.came}</th>
            <th scope="col">${words.name}</th>
            <th scope="col" class="number">${words.people}</th>
            <th scope="col">${words.status}</th>
            <th scope="col">${words.coming}</th>
            <th scope="col">${words.notes}</th>
          </tr>
        </thead>
        <tbody>
          ${bookings.map(
            (one) => html`<tr>
              <td class="box"></td>
              <td><a href="/app/visits/${one.id}">${one.applicant?.name}</a></td>
              <td class="number">${one.party_size}</td>
              <td>${statusBadge(one.status)}</td>
              <td>${one.attendance_confirmed_at ? words.yes : ''}</td>
              <td>${one.notes}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`
  }

  async #read(signal: AbortSignal): Promise<Visitors> {
    const { client } = this.session
    const slot_id = this.slotId
    const [{ data }, bookings, entries] = await Promise.all([
      client.getSlot({ slot_id }, { signal }),
      Array.fromAsync(client.each.listBookings({ slot_id, status: ['confirmed', 'pending_approval'], as: 'agent' }, { signal })),
      Array.fromAsync(client.each.listWaitlist({ slot_id, as: 'agent' }, { signal })),
    ])
    return { slot: data.slot, bookings, entries }
  }

  async #setCapacity(event: SubmitEvent, slot: Slot): Promise<void> {
    event.preventDefault()
    const capacity = Number(new FormData(event.target as HTMLFormElement).get('capacity'))
    const set = async (to: number) => {
      await this.session.client.setCapacity({ slot_id: slot.id, capacity: to })
      await this.#visitors.reload()
    }
    await this.#acts.do(async () => {
      await set(capacity)
      tell({ text: words.setDone, undo: () => set(slot.capacity) })
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'slot-visitors': SlotVisitors
  }
}
