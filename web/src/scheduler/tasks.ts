import {
  type Alternative,
  type Booking,
  type Eligibility,
  type Entry,
  type Hold,
  newIdempotencyKey,
  Problem,
  type Slot,
  SlotTaken,
} from '@estate-os/booking'
import type { Agenda } from './agenda'

/** What somebody is doing in the dialog. */
export interface Task {
  kind: 'book' | 'closed' | 'move' | 'cancel' | 'booked' | 'moved' | 'cancelled' | 'joined'
  slot?: Slot
  booking?: Booking
  hold?: Hold | undefined
  eligibility?: Eligibility
  entry?: Entry
  error?: unknown
  busy?: boolean
  /** The intent, kept over all attempts, so that it is done once. */
  key: string
}

export interface Fields {
  notes: string
  party: number
  reason: string
}

type Tell = (event: 'booked' | 'moved' | 'cancelled', booking: Booking) => void

/** What the person does: each act is asked of the service, and its refusal told where it was asked for. */
export class Tasks {
  task: Task | undefined
  /** The visit for which a new time is being chosen. */
  moving: Booking | undefined
  fields: Fields = { notes: '', party: 1, reason: '' }
  /** A refusal outside of the dialog, by what it is about. */
  refusal: { about: string; error: unknown } | undefined

  constructor(
    readonly agenda: Agenda,
    readonly changed: () => void,
    readonly tell: Tell,
  ) {}

  get alternatives(): Alternative[] {
    return this.task?.error instanceof SlotTaken ? this.task.error.alternatives : []
  }

  /** A slot is chosen: keep its place, or say why it cannot be had. */
  async pick(slot: Slot): Promise<void> {
    const can = slot.available_actions
    if (this.moving) return this.#open({ kind: 'move', slot, booking: this.moving })
    if (!can.includes('book')) return this.#explain(slot)
    if (this.task?.kind !== 'book') this.fields = { notes: '', party: 1, reason: '' }
    this.#open({ kind: 'book', slot })
    if (can.includes('hold')) {
      await this.#act(async (client) => {
        const { hold } = (await client.createHold({ slot_id: slot.id })).data
        if (this.task?.slot === slot) this.task.hold = hold
      })
    } else {
      const held = this.agenda.holds.find(({ hold }) => hold.slot_id === slot.id)?.hold
      this.task!.hold = held ?? this.agenda.entries.find((entry) => entry.slot_id === slot.id)?.offer ?? undefined
      this.changed()
    }
    if (this.task?.error instanceof SlotTaken) void this.agenda.reload()
  }

  async pickById(slot_id: string): Promise<void> {
    await this.#act(async (client) => this.pick((await client.getSlot({ slot_id })).data.slot))
  }

  async #explain(slot: Slot): Promise<void> {
    this.#open({ kind: 'closed', slot })
    await this.#act(async (client) => {
      const { eligibility } = (await client.getEligibility({ slot_id: slot.id })).data
      if (this.task?.slot === slot) this.task.eligibility = eligibility
    })
  }

  /** Goes on with a place that is kept, or offered. */
  async goOn(slot_id: string, hold: Hold): Promise<void> {
    try {
      const { slot } = (await this.agenda.service.client.getSlot({ slot_id })).data
      this.#open({ kind: 'book', slot, hold })
    } catch (error) {
      this.#refuse(hold.id, error)
    }
  }

  book = () =>
    this.#act(async (client, { slot, hold, key }) => {
      const over = hold && !this.agenda.service.clock.secondsTo(hold.expires_at)
      const { notes, party } = this.fields
      const form = { slot_id: slot!.id, notes, party_size: party, ...(hold && !over ? { hold_id: hold.id } : {}) }
      const { id } = (await client.createBooking(form, { idempotencyKey: key })).data.booking
      await this.#done('booked', id)
    })

  move = () =>
    this.#act(async (client, { slot, booking, key }) => {
      await client.rescheduleBooking({ booking_id: booking!.id, slot_id: slot!.id }, { idempotencyKey: key })
      this.moving = undefined
      await this.#done('moved', booking!.id)
    })

  cancel = () =>
    this.#act(async (client, { booking, key }) => {
      const { reason } = this.fields
      await client.cancelBooking({ booking_id: booking!.id, ...(reason ? { reason } : {}) }, { idempotencyKey: key })
      await this.#done('cancelled', booking!.id)
    })

  join = () =>
    this.#act(async (client, { slot, key }) => {
      const { entry } = (await client.joinWaitlist({ slot_id: slot!.id }, { idempotencyKey: `${key}-join` })).data
      this.#open({ kind: 'joined', slot: slot!, entry })
      await this.agenda.reload()
    })

  leave = (entry: Entry) => this.#directly(entry.id, () => this.agenda.service.client.leaveWaitlist({ entry_id: entry.id }))
  release = (hold: Hold) => this.#directly(hold.id, () => this.agenda.service.client.releaseHold({ hold_id: hold.id }))

  beginMove(booking: Booking): void {
    this.moving = booking
    this.changed()
  }

  stopMove = () => {
    this.moving = undefined
    this.changed()
  }

  askCancel(booking: Booking): void {
    this.fields.reason = ''
    this.#open({ kind: 'cancel', booking })
  }

  /** Leaves the dialog; a place that was kept for it is free again, an offer stays. */
  close = () => {
    const left = this.task
    if (left?.busy) return
    this.task = undefined
    this.changed()
    const offered = this.agenda.entries.some(({ offer }) => offer?.id === left?.hold?.id)
    if (left?.kind === 'book' && left.hold && !offered && this.agenda.service.clock.secondsTo(left.hold.expires_at))
      void this.release(left.hold)
  }

  #open(task: Omit<Task, 'key'>): void {
    this.task = { ...task, key: newIdempotencyKey() }
    this.changed()
  }

  async #act(act: (client: Agenda['service']['client'], task: Task) => Promise<void>): Promise<void> {
    const task = this.task
    if (!task || task.busy) return
    task.busy = true
    task.error = undefined
    this.changed()
    try {
      const acted = act(this.agenda.service.client, task)
      await acted
    } catch (error) {
      task.error = error
      if (error instanceof Problem) {
        task.key = newIdempotencyKey() // it was answered: the next is another intent
        task.hold = error.code === 'hold_expired' || error.code === 'hold_not_found' ? undefined : task.hold
        void this.agenda.reload()
      }
    }
    task.busy = false
    this.changed()
  }

  async #done(kind: 'booked' | 'moved' | 'cancelled', booking_id: string): Promise<void> {
    const booking = (await this.agenda.service.client.getBooking({ booking_id })).data.booking
    this.#open({ kind, booking })
    this.tell(kind, booking)
    await this.agenda.reload()
  }

  async #directly(about: string, act: () => Promise<unknown>): Promise<void> {
    try {
      await act()
      this.refusal = undefined
    } catch (error) {
      this.#refuse(about, error)
    }
    await this.agenda.reload()
  }

  #refuse(about: string, error: unknown): void {
    this.refusal = { about, error }
    this.changed()
  }
}
