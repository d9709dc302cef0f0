import type { Block, Booking, Slot } from '@estate-os/booking'

/** How a slot looks in the week. */
export type Look = 'free' | 'held' | 'partly' | 'booked' | 'full' | 'pending' | 'cancelled'

/** A slot with those who come to it. */
export interface SlotEntry {
  kind: 'slot'
  id: string
  start: Date
  end: Date
  slot: Slot
  visits: readonly Booking[]
  look: Look
}

/** A time that an agent has blocked. */
export interface BlockEntry {
  kind: 'block'
  id: string
  start: Date
  end: Date
  block: Block
}

export type Entry = SlotEntry | BlockEntry

export function lookOf(slot: Slot, visits: readonly Booking[]): Look {
  if (slot.status === 'cancelled') return 'cancelled'
  if (visits.some(({ status }) => status === 'pending_approval')) return 'pending'
  if (slot.status === 'booked') return slot.capacity > 1 ? 'full' : 'booked'
  if (visits.length) return 'partly'
  return slot.places_left < slot.capacity ? 'held' : 'free'
}

/** Slots with their visits, and blocks, in the order of time. */
export function entriesOf(slots: readonly Slot[], visits: readonly Booking[], blocks: readonly Block[]): Entry[] {
  const bySlot = new Map<string, Booking[]>()
  for (const one of visits) bySlot.set(one.slot_id, [...(bySlot.get(one.slot_id) ?? []), one])
  const offered = slots.map((slot): Entry => {
    const own = bySlot.get(slot.id) ?? []
    return { kind: 'slot', id: slot.id, start: slot.start_time, end: slot.end_time, slot, visits: own, look: lookOf(slot, own) }
  })
  const blocked = blocks.map((block): Entry => ({ kind: 'block', id: block.id, start: block.from, end: block.to, block }))
  return [...offered, ...blocked].sort((a, b) => a.start.getTime() - b.start.getTime() || a.id.localeCompare(b.id))
}

/** Whether nobody has anything in it: it can be replaced by one of another length. */
export const isUntouched = ({ slot, visits }: SlotEntry): boolean =>
  slot.status === 'available' && slot.places_left === slot.capacity && visits.length === 0
