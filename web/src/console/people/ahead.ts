import type { BookingClient, Slot } from '@estate-os/booking'

const MOST = 500 // slots that are looked at

/** What an agent has before them. */
export interface Ahead {
  slots: number
  /** Whether there are more than were counted. */
  more: boolean
  /** How many of these have somebody in them. */
  taken: number
  next: Slot | null
  /** When the last of them ends. */
  until: Date | null
}

/** Sums up coming slots, which are in the order of their starts. */
export function aheadIn(slots: readonly Slot[], more: boolean): Ahead {
  const ends = slots.map(({ end_time }) => end_time.getTime())
  return {
    slots: slots.length,
    more,
    taken: slots.filter(({ places_left, capacity }) => places_left < capacity).length,
    next: slots[0] ?? null,
    until: ends.length ? new Date(Math.max(...ends)) : null,
  }
}

/** Reads what an agent has before them. */
export async function readAhead({ each }: BookingClient, agent_id: string, signal: AbortSignal): Promise<Ahead> {
  const slots: Slot[] = []
  const asked = { agent_id, status: ['available' as const, 'booked' as const], from: new Date(), limit: 100 }
  for await (const one of each.listSlots(asked, { signal })) {
    if (slots.length === MOST) return aheadIn(slots, true)
    slots.push(one)
  }
  return aheadIn(slots, false)
}
