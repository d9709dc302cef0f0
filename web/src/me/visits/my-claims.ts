import type { Entry, Slot } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/deadline-left'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { momentOf } from '../../parts/times'
import { agencyNames } from '../agencies'
import { words } from '../words'

/** A place that is kept for somebody for a while. */
interface Kept {
  id: string
  slotId: string
  until: Date
  offered: boolean
  at: Pick<Slot, 'start_time' | 'property' | 'organization_id'>
}

/** Places that are offered or held, which want a decision, and the waitlists that somebody is on. Fires `changed`. */
@customElement('my-claims')
export class MyClaims extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  readonly #acts = new Act(this)
  #claims!: Reading<{ kept: Kept[]; waits: Entry[]; agencies: ReadonlyMap<string, string> }>

  override connectedCallback() {
    this.#claims ??= new Reading(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['hold.', 'waitlist.', 'booking.', 'slot.'],
      order: ({ kept, waits }) => [...kept, ...waits].map(({ id }) => id),
      lines: 1,
    })
    super.connectedCallback()
  }

  override render() {
    return this.#claims.render(({ kept, waits, agencies }) =>
      kept.length + waits.length === 0
        ? nothing
        : html`<section class="stack" aria-labelledby="waiting">
            <h2 id="waiting">${words.waitingFor}</h2>
            <ul class="plain stack">
              ${repeat(
                kept,
                ({ id }) => id,
                (one) => this.#kept(one, agencies),
              )}
              ${repeat(
                waits,
                ({ id }) => id,
                (one) => this.#wait(one, agencies),
              )}
            </ul>
          </section>`,
    )
  }

  async #read(signal: AbortSignal) {
    const { client } = this.session
    const [holds, entries, agencies] = await Promise.all([
      Array.fromAsync(client.each.listHolds({}, { signal })),
      Array.fromAsync(client.each.listWaitlist({ as: 'applicant' }, { signal })),
      agencyNames(this.session),
    ])
    const kept = holds.map(async ({ id, slot_id, expires_at }): Promise<Kept> => {
      const entry = entries.find(({ offer }) => offer?.id === id)
      const at = entry ?? (await client.getSlot({ slot_id }, { signal })).data.slot
      return { id, slotId: slot_id, until: expires_at, offered: entry !== undefined, at }
    })
    return { kept: await Promise.all(kept), waits: entries.filter(({ status }) => status === 'waiting'), agencies }
  }

  #kept = (one: Kept, agencies: ReadonlyMap<string, string>) => html`<li class="card stack">
    <div class="row between">
      <h3>${one.offered ? words.offer : words.hold}</h3>
      <deadline-left seconds .clock=${this.session.clock} .until=${one.until} @over=${() => void this.#claims.reload()}></deadline-left>
    </div>
    ${this.#place(one.at, agencies)}
    <div class="row">
      <button class="primary" ?disabled=${this.#acts.busy} @click=${() => this.#book(one)}>${words.accept}</button>
      <button ?disabled=${this.#acts.busy} @click=${() => this.#giveBack(one)}>${one.offered ? words.decline : words.giveBack}</button>
    </div>
    ${this.#acts.refusalOf(one.id)}
  </li>`

  #wait = (one: Entry, agencies: ReadonlyMap<string, string>) => html`<li class="card stack">
    <div class="row between">
      <h3>${words.waits}</h3>
      ${one.position === null ? nothing : html`<span class="badge">${words.position(one.position)}</span>`}
    </div>
    ${this.#place(one, agencies)}
    <div class="row">
      <button ?disabled=${this.#acts.busy} @click=${() => this.#leave(one)}>${words.leave}</button>
      <span class="small faint">${words.leaveMeans}</span>
    </div>
    ${this.#acts.refusalOf(one.id)}
  </li>`

  #place({ start_time, property, organization_id }: Kept['at'], agencies: ReadonlyMap<string, string>) {
    return html`<div>
      <strong>${momentOf(start_time, property.time_zone)}</strong>
      <div>${[property.label ?? words.nameless, property.area, agencies.get(organization_id)].filter(Boolean).join(' · ')}</div>
    </div>`
  }

  #book({ id, slotId }: Kept) {
    return this.#do(id, async () => {
      const { booking } = (await this.session.client.createBooking({ hold_id: id, slot_id: slotId })).data
      return booking.status === 'pending_approval' ? words.bookedPending : words.booked
    })
  }

  #giveBack({ id, offered }: Kept) {
    return this.#do(id, async () => {
      await this.session.client.releaseHold({ hold_id: id })
      return offered ? words.declined : words.gaveBack
    })
  }

  #leave({ id }: Entry) {
    return this.#do(id, async () => {
      await this.session.client.leaveWaitlist({ entry_id: id })
      return words.leftIt
    })
  }

  async #do(id: string, act: () => Promise<string>): Promise<void> {
    const done = await this.#acts.do(async () => tell({ text: await act() }), id)
    if (done) this.dispatchEvent(new Event('changed'))
    void this.#claims.reload()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'my-claims': MyClaims
  }
}
