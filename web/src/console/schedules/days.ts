import { dateIn } from '../../parts/zones'

/** What begins on each day of a zone, in the order it is given. */
export function byDay<T extends { start_time: Date }>(all: readonly T[], zone: string): ReadonlyMap<string, readonly T[]> {
  const days = new Map<string, T[]>()
  for (const one of all) {
    const date = dateIn(zone, one.start_time)
    const day = days.get(date)
    if (day) day.push(one)
    else days.set(date, [one])
  }
  return days
}
