import type { Booking } from '@estate-os/booking'

/** All who come at once: one party, or those of an open house. */
export interface Gathering {
  id: string
  visits: [Booking, ...Booking[]]
  /** Whether it is going on, comes next, or neither. */
  when: 'now' | 'next' | 'other'
}

/** Visits by their slots, in the order in which they come. */
export function gatheringsOf(visits: readonly Booking[], now: Date): Gathering[] {
  const all = new Map<string, Gathering>()
  for (const one of visits) {
    const known = all.get(one.slot_id)
    if (known) known.visits.push(one)
    else all.set(one.slot_id, { id: one.slot_id, visits: [one], when: one.start_time <= now && now < one.end_time ? 'now' : 'other' })
  }
  const next = [...all.values()].find(({ visits: [first] }) => first.start_time > now)
  if (next) next.when = 'next'
  return [...all.values()]
}

/** In how many milliseconds the next of them begins or ends. */
export function turnOf(visits: readonly Booking[], now: Date): number | undefined {
  const ahead = visits.flatMap(({ start_time, end_time }) => [start_time, end_time]).filter((at) => at > now)
  return ahead.length ? Math.min(...ahead.map((at) => at.getTime() - now.getTime())) : undefined
}

/** How many of them have come. */
export const came = ({ visits }: Gathering): number => visits.filter(({ outcome }) => outcome === 'attended').length
