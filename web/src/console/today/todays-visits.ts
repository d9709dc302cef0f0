import type { Booking } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Session } from '../../app/session'
import '../../parts/app-empty'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { dayOf, hoursOf, viewersZone, zoneName } from '../../parts/times'
import { dateIn, instantIn } from '../../parts/zones'
import { daysOn } from '../week/dates'
import { came, type Gathering, gatheringsOf, turnOf } from './gatherings'
import './todays-visit'
import { words } from './words'

/** Who comes on a day, in the order in which they come; today first. */
@customElement('todays-visits')
export class TodaysVisits extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @state() private date = ''
  #visits!: Reading<Booking[]>

  override connectedCallback() {
    this.date ||= this.#today()
    this.#visits ??= new Reading(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['booking.', 'slot.'],
      order: (visits) => visits.map(({ id }) => id),
      changesIn: (visits) => turnOf(visits, this.session.clock.now()),
      lines: 6,
    })
    super.connectedCallback()
  }

  override render() {
    const today = this.#today()
    return html`<div class="stack">
      <div class="row between">
        <h1>${this.date === today ? words.title : dayOf(instantIn(viewersZone, `${this.date}T12:00`), viewersZone)}</h1>
        <div class="row">
          <button aria-label=${words.before} @click=${() => this.#go(daysOn(this.date, -1))}>‹</button>
          <button ?disabled=${this.date === today} @click=${() => this.#go(today)}>${words.title}</button>
          <button aria-label=${words.after} @click=${() => this.#go(daysOn(this.date, 1))}>›</button>
        </div>
      </div>
      ${this.#visits.render((visits) =>
        visits.length === 0
          ? html`<app-empty told=${this.date === today ? words.none : words.noneThen}><a href="/app/week">${words.advice}</a></app-empty>`
          : html`<ul class="plain stack">
              ${repeat(gatheringsOf(visits, this.session.clock.now()), ({ id }) => id, this.#gathering)}
            </ul>`,
      )}
    </div>`
  }

  #gathering = (one: Gathering) => {
    const [first] = one.visits
    const zone = first.property.time_zone
    return html`<li class="card stack">
      <div class="row between">
        <h2>${hoursOf(first.start_time, first.end_time, zone)} · ${first.property.label}</h2>
        ${one.when === 'other' || this.date !== this.#today() ? nothing : html`<span class="badge">${words.when[one.when]}</span>`}
      </div>
      ${zone === viewersZone ? nothing : html`<p class="small faint">${zoneName(zone, first.start_time)}</p>`}
      ${one.visits.length > 1 ? html`<p class="faint">${words.came(came(one), one.visits.length)}</p>` : nothing}
      ${repeat(
        one.visits,
        ({ id }) => id,
        (visit) => html`<todays-visit .session=${this.session} .visit=${visit} @done=${() => void this.#visits.reload()}></todays-visit>`,
      )}
    </li>`
  }

  #today = () => dateIn(viewersZone, this.session.clock.now())

  #go(date: string): void {
    this.date = date
    void this.#visits.reload()
  }

  async #read(signal: AbortSignal): Promise<Booking[]> {
    const [from, to] = [this.date, daysOn(this.date, 1)].map((date) => instantIn(viewersZone, `${date}T00:00`))
    const { each } = this.session.client
    return Array.fromAsync(each.listBookings({ status: ['confirmed', 'pending_approval'], from, to, limit: 100, as: 'agent' }, { signal }))
  }
}
