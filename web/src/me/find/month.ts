import type { AvailableDay } from '@estate-os/booking'
import { instantIn } from '../../parts/zones'

const MOST = 31 * 86_400_000 // milliseconds that the service counts at once

/** A month, as `2026-12`. */
export const monthOf = (date: string) => date.slice(0, 7)

export function monthAfter(month: string, by: number): string {
  const [year, number] = month.split('-').map(Number) as [number, number]
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7)
}

/** The weeks of a month, as dates; null where a day is of another month. `first` is the weekday on which weeks begin, 1 for Monday. */
export function weeksOf(month: string, first: number): (string | null)[][] {
  const [year, number] = month.split('-').map(Number) as [number, number]
  const days = new Date(Date.UTC(year, number, 0)).getUTCDate()
  const before = (new Date(Date.UTC(year, number - 1, 1)).getUTCDay() - first + 7) % 7
  const cells: (string | null)[] = Array.from({ length: before }, () => null)
  for (let day = 1; day <= days; day++) cells.push(`${month}-${String(day).padStart(2, '0')}`)
  while (cells.length % 7) cells.push(null)
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(7 * week, 7 * week + 7))
}

/** From when to when a month is to be asked for; null where it is past. */
export function spanOfMonth(month: string, zone: string, now: Date): { from: Date; to: Date } | null {
  const start = instantIn(zone, `${month}-01T00:00`)
  const end = instantIn(zone, `${monthAfter(month, 1)}-01T00:00`)
  const from = start > now ? start : now
  if (end <= now) return null
  return { from, to: new Date(Math.min(end.getTime(), from.getTime() + MOST)) }
}

/** How many times are free on each day, over all homes. */
export function freeByDay(days: readonly AvailableDay[]): Map<string, number> {
  const free = new Map<string, number>()
  for (const day of days) free.set(day.date, (free.get(day.date) ?? 0) + day.free)
  return free
}
