import type { Property, Schedule, Slot } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { when } from '../../parts/when'
import './slots-import'
import { words } from './words'

const MOST = 100 // slots that are counted
const FIRST = 5 // of them are named

interface Ahead {
  slots: Slot[]
  more: boolean
  schedules: Schedule[]
}

/** What is ahead at a home: its next slots, and the schedules that make more of them. */
@customElement('property-ahead')
export class PropertyAhead extends LitElement {
  static override styles = [
    shared,
    css`
      ul {
        margin: 0;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) home!: Property
  @property() zone = 'UTC'
  @state() private importing = false
  #ahead!: Reading<Ahead>

  override connectedCallback() {
    this.#ahead ??= new Reading(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['slot.', 'booking.', 'schedule.'],
      order: ({ slots, schedules }) => [...slots, ...schedules].map(({ id }) => id),
    })
    super.connectedCallback()
  }

  override render() {
    const closed = this.home.withdrawn_from !== null || this.home.status === 'archived'
    return html`<section class="card stack" aria-labelledby="ahead">
      <h2 id="ahead">${words.ahead}</h2>
      ${this.#ahead.render(
        ({ slots, more, schedules }) => html`
          ${
            slots.length === 0
              ? html`<p>${words.nothingAhead} ${closed ? nothing : html`<a href="/app/week">${words.offer}</a>`}</p>`
              : html`<p>${words.slots(slots.length, more, slots.filter((one) => one.places_left < one.capacity).length)}</p>
                  <ul>
                    ${slots
                      .slice(0, FIRST)
                      .map(
                        (one) =>
                          html`<li>${when(one)} · ${one.agent.name} · ${words.taken(one.capacity - one.places_left, one.capacity)}</li>`,
                      )}
                  </ul>`
          }
          <p>
            ${
              schedules.length
                ? schedules.map(
                    (one, index) => html`<a href="/app/schedules/${one.id}">${words.schedule(index + 1, one.status === 'ended')}</a> `,
                  )
                : html`${words.noSchedules} ${closed ? nothing : html`<a href="/app/schedules">${words.schedules}</a>`}`
            }
          </p>
        `,
      )}
      ${closed ? nothing : html`<div><button @click=${() => this.#open(true)}>${words.importOpen}</button></div>`}
      ${
        this.importing
          ? html`<slots-import .session=${this.session} .home=${this.home} zone=${this.zone} @close=${() => this.#open(false)}></slots-import>`
          : nothing
      }
    </section>`
  }

  #open(open: boolean) {
    this.importing = open
  }

  async #read(signal: AbortSignal): Promise<Ahead> {
    const { client } = this.session
    const property_id = this.home.id
    const asked = { property_id, status: ['available' as const, 'booked' as const], from: new Date(), limit: MOST }
    const [{ data }, schedules] = await Promise.all([
      client.listSlots(asked, { signal }),
      Array.fromAsync(client.each.listSchedules({ property_id, limit: 100 }, { signal })),
    ])
    return { slots: data.slots, more: data.next_cursor !== null, schedules }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'property-ahead': PropertyAhead
  }
}
