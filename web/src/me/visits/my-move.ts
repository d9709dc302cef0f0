import { type Alternative, type Slot, SlotTaken } from '@estate-os/booking'
import { css, html, nothing } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import '../../parts/app-empty'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { dayOf, hoursOf, momentOf } from '../../parts/times'
import { words } from '../words'
import { VisitDialog } from './visit-dialog'

const MOST = 60 // times that somebody looks through

/** Moves a visit to another time at the same home; the way back is told with it. */
@customElement('my-move')
export class MyMove extends VisitDialog {
  static override styles = [
    shared,
    css`
      .times {
        max-block-size: 45vh;
        padding: 2px;
        overflow-y: auto;
      }
      .choice {
        min-block-size: 2.25rem;
      }
    `,
  ]
  @state() private chosen: string | null = null
  @state() private near: Alternative[] = []
  #slots!: Reading<Slot[]>

  override connectedCallback() {
    this.#slots ??= new Reading(this, {
      read: async (signal) => {
        const { property_id, slot_id } = this.visit
        const page = (await this.session.client.listPropertySlots({ property_id, limit: MOST }, { signal })).data
        return page.slots.filter(({ id }) => id !== slot_id)
      },
      live: this.session.live,
      on: ['booking.', 'slot.', 'hold.'],
      order: (slots) => slots.map(({ id }) => id),
    })
    super.connectedCallback()
  }

  override render() {
    const { property, start_time } = this.visit
    return this.dialog(
      words.moveHeading,
      html`<p>${property.label ?? words.nameless}. ${words.moveNow(momentOf(start_time, property.time_zone))}</p>
        ${this.#slots.render((slots) =>
          slots.length === 0 ? html`<app-empty told=${words.noTimes}>${words.noTimesAdvice}</app-empty>` : this.#times(slots),
        )}
        ${this.near.length ? html`<p>${words.taken}</p>${this.near.map((one) => this.#choice(one))}` : nothing}`,
      html`<button class="primary" ?disabled=${this.acts.busy || this.chosen === null} @click=${this.#move}>${words.moveTo}</button>`,
    )
  }

  #times(slots: readonly Slot[]) {
    const days = Map.groupBy(slots, ({ start_time }) => dayOf(start_time, this.visit.property.time_zone))
    return html`<div class="times stack" role="radiogroup" aria-label=${words.freeTimes}>
      ${[...days].map(
        ([day, ofDay]) => html`<div>
          <h3>${day}</h3>
          ${ofDay.map((one) => this.#choice(one))}
        </div>`,
      )}
    </div>`
  }

  #choice({ id, start_time, end_time }: Pick<Slot, 'id' | 'start_time' | 'end_time'>) {
    const zone = this.visit.property.time_zone
    return html`<label class="choice">
      <input type="radio" name="slot" .checked=${this.chosen === id} @change=${() => this.#choose(id)} />
      <span class="visually-hidden">${dayOf(start_time, zone)}</span> ${hoursOf(start_time, end_time, zone)}
    </label>`
  }

  #choose(id: string): void {
    this.chosen = id
  }

  #move = () =>
    this.act(async () => {
      const { client } = this.session
      const { id, slot_id } = this.visit
      this.near = []
      try {
        const { booking } = (await client.rescheduleBooking({ booking_id: id, slot_id: this.chosen! })).data
        const to = momentOf(booking.start_time, booking.property.time_zone)
        tell({
          text: booking.status === 'pending_approval' ? words.movedPending(to) : words.moved(to),
          undo: async () => {
            await client.rescheduleBooking({ booking_id: id, slot_id })
            tell({ text: words.movedBack })
          },
        })
      } catch (error) {
        if (error instanceof SlotTaken) this.near = error.alternatives
        void this.#slots.reload()
        throw error
      }
    })
}

declare global {
  interface HTMLElementTagNameMap {
    'my-move': MyMove
  }
}
