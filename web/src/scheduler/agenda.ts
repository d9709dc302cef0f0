import type { Booking, CloudEvent, Entry, Hold, Me, Property, Rules, Slot } from '@estate-os/booking'
import { AccessChanged, Problem } from '@estate-os/booking'
import { dateIn, instantIn } from '../parts/zones'
import { merged } from './merged'
import { type Service, SignInRequired } from './service'

const DAY = 86_400_000
const MONTH = 31 * DAY // as long as days are counted in one answer
const SOON = 150 // milliseconds in which events that come together are one reason to read
const BETWEEN = 700 // milliseconds between two times to read, however much happens
const AGAIN = 10_000 // milliseconds until the feed is asked again that was refused

export interface Day {
  date: string
  free: number
  others: number
}
/** A slot as it is shown: `gone` is one that is taken while somebody points at the list. */
export type Shown = Slot & { gone?: boolean }

/** What can be visited and what is booked, as it is now: read, and kept right by what happens. */
export class Agenda {
  me: Me | undefined
  days: Day[] | undefined
  date: string | undefined
  slots: Shown[] | undefined
  bookings: Booking[] = []
  entries: Entry[] = []
  holds: { hold: Hold; slot: Slot }[] = []
  homes: Property[] = []
  rules: Rules[] = []
  month = 0
  error: unknown
  /** Whether somebody points at the slots: then they stay where they are. */
  isPointedAt = () => false
  readonly #over = new AbortController()
  readonly #zones = new Map<string, string>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #readAt = 0
  #next: Slot[] | undefined

  constructor(
    readonly service: Service,
    readonly properties: string[],
    readonly changed: () => void,
    readonly refused: (error: unknown) => void,
  ) {}

  end(): void {
    this.#over.abort()
    clearTimeout(this.#timer)
  }

  async begin(): Promise<void> {
    const { client } = this.service
    await this.#trying(async (call) => {
      const [me, events] = await Promise.all([client.getMe(undefined, call()), client.listEvents({ after: 'end' }, call())])
      this.me = me.data.me
      const known = async <T>(read: (property_id: string) => Promise<T>) =>
        (await Promise.allSettled(this.properties.map(read))).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      await Promise.all([
        known(async (property_id) => (await client.getProperty({ property_id }, call())).data.property).then(
          (homes) => (this.homes = homes),
        ),
        known(async (property_id) => (await client.getRules({ property_id }, call())).data.rules).then((rules) => (this.rules = rules)),
        this.#readDays(),
        this.#readOwn(),
      ])
      void this.#follow(events.data.position)
    })
  }

  /** Read all of it anew, as after an act of the person's own. */
  reload = () => this.#trying(() => Promise.all([this.#readDays(), this.#readOwn()]))
  retry = () => (this.me ? this.reload() : this.begin())

  choose(date: string): Promise<void> {
    this.date = date
    this.slots = this.#next = undefined
    this.changed()
    return this.#trying(() => this.#readSlots())
  }

  show(month: number): Promise<void> {
    this.month = month
    this.days = this.date = this.slots = undefined
    this.changed()
    return this.#trying(() => this.#readDays())
  }

  /** Nobody points at the slots any more. */
  left = () => {
    if (this.#next && !this.isPointedAt()) {
      this.slots = this.#next
      this.#next = undefined
      this.changed()
    }
  }

  #call = () => ({ signal: this.#over.signal })

  async #trying(read: (call: () => { signal: AbortSignal }) => Promise<unknown>): Promise<void> {
    try {
      await read(this.#call)
      this.error = undefined
    } catch (error) {
      if (this.#over.signal.aborted) return
      this.error = error
      if (error instanceof SignInRequired || (error instanceof Problem && error.status === 401)) this.refused(error)
    }
    this.changed()
  }

  async #readDays(): Promise<void> {
    const { client, clock } = this.service
    const from = this.month ? new Date(clock.now().getTime() + this.month * MONTH) : undefined
    const to = from && new Date(from.getTime() + MONTH)
    const { data } = await client.listAvailableDays({ property_id: this.properties, from, to }, this.#call())
    const days = new Map<string, Day>()
    for (const { date, property_id, time_zone, free, full, held } of data.days) {
      this.#zones.set(property_id, time_zone)
      const day = days.get(date) ?? { date, free: 0, others: 0 }
      days.set(date, { date, free: day.free + free, others: day.others + full + held })
    }
    this.days = [...days.values()].sort((one, other) => (one.date < other.date ? -1 : 1))
    this.date ??= (this.days.find(({ free }) => free) ?? this.days[0])?.date
    await this.#readSlots()
  }

  async #readSlots(): Promise<void> {
    const { date } = this
    if (!date) return
    const next = new Date(Date.parse(date) + DAY).toISOString().slice(0, 10)
    const at = (day: string) => [...this.#zones.values()].map((zone) => instantIn(zone, `${day}T00:00`).getTime())
    const [from, to] = [Math.max(Math.min(...at(date)), this.service.clock.now().getTime()), Math.max(...at(next))]
    const slots: Slot[] = []
    if (to > from) {
      const asked = {
        property_id: this.properties,
        from: new Date(from),
        to: new Date(to),
        include: ['full' as const, 'held' as const],
        limit: 100,
      }
      for await (const slot of this.service.client.each.listAvailability(asked, this.#call()))
        if (dateIn(slot.property.time_zone, slot.start_time) === date) slots.push(slot)
    }
    if (date !== this.date) return
    const stays = this.slots && this.isPointedAt()
    this.#next = stays ? slots : undefined
    this.slots = stays ? merged(this.slots!, slots) : slots
  }

  async #readOwn(): Promise<void> {
    const { client, clock } = this.service
    const here = ({ property_id }: { property_id: string }) => this.properties.includes(property_id)
    if (!this.me?.applicants.length) return
    const [bookings, entries, holds] = await Promise.all([
      Array.fromAsync(
        client.each.listBookings({ status: ['confirmed', 'pending_approval'], from: clock.now(), as: 'applicant' }, this.#call()),
      ),
      Array.fromAsync(client.each.listWaitlist({ as: 'applicant' }, this.#call())),
      Array.fromAsync(client.each.listHolds({}, this.#call())),
    ])
    // The list has neither address nor phone: one confirmed booking by itself has.
    this.bookings = await Promise.all(
      bookings.filter(here).map(async (one) => (await client.getBooking({ booking_id: one.id }, this.#call())).data.booking),
    )
    this.entries = entries.filter((entry) => here(entry) && (entry.status === 'waiting' || entry.status === 'offered'))
    const offers = new Set(entries.map(({ offer }) => offer?.id))
    const own = holds.filter(({ id }) => !offers.has(id))
    const held = await Promise.all(
      own.map(async (hold) => ({ hold, slot: (await client.getSlot({ slot_id: hold.slot_id }, this.#call())).data.slot })),
    )
    this.holds = held.filter(({ slot }) => here(slot))
  }

  async #follow(position: string): Promise<void> {
    let after: string | undefined = position
    while (!this.#over.signal.aborted) {
      const feed = this.service.client.follow({ after, signal: this.#over.signal })
      try {
        for await (const event of feed) this.#heard(event)
      } catch (error) {
        if (this.#over.signal.aborted) return
        after = error instanceof AccessChanged ? (feed.position ?? undefined) : undefined
        this.#heard()
        if (!(error instanceof AccessChanged)) await new Promise((later) => setTimeout(later, AGAIN))
      }
    }
  }

  #heard(event?: CloudEvent): void {
    if (event?.data.property_id && !this.properties.includes(event.data.property_id)) return
    clearTimeout(this.#timer)
    const wait = Math.max(SOON, this.#readAt + BETWEEN - performance.now())
    this.#timer = setTimeout(() => {
      this.#readAt = performance.now()
      void this.reload()
    }, wait)
  }
}
