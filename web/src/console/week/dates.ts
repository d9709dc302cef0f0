import { dateIn, instantIn, localIn } from '../../parts/zones'

/** How much of the calendar is shown; `list` is a week as a list. */
export type View = 'week' | 'day' | 'month' | 'list'

const DAY = 86_400_000
const WEEKS_OF_A_MONTH = 6

const asUtc = (date: string) => Date.parse(`${date}T00:00Z`)
const written = (at: number) => new Date(at).toISOString().slice(0, 10)

/** The date some days on, such as `2026-12-02` after `2026-12-01`. */
export const daysOn = (date: string, days: number): string => written(asUtc(date) + days * DAY)

/** The Monday of the date's week. */
export const mondayOf = (date: string): string => daysOn(date, -((new Date(asUtc(date)).getUTCDay() + 6) % 7))

/** The first date that a view shows, and the first one after it. */
export function datesOf(view: View, date: string): [string, string] {
  if (view === 'day') return [date, daysOn(date, 1)]
  const first = mondayOf(view === 'month' ? `${date.slice(0, 8)}01` : date)
  return [first, daysOn(first, 7 * (view === 'month' ? WEEKS_OF_A_MONTH : 1))]
}

/** The date that the view before, or after, is around. */
export function turned(view: View, date: string, by: 1 | -1): string {
  if (view !== 'month') return daysOn(date, by * (view === 'day' ? 1 : 7))
  const [year = 0, month = 0] = date.split('-').map(Number)
  return written(Date.UTC(year, month - 1 + by, 1))
}

/** The dates of a view, each with its first instant in the zone, and the end. */
export const instantsOf = (view: View, date: string, zone: string): [Date, Date] =>
  datesOf(view, date).map((one) => instantIn(zone, `${one}T00:00`)) as [Date, Date]

/** The dates from the first on, up to the last one, which is left out. */
export function datesBetween(first: string, last: string): string[] {
  const all: string[] = []
  for (let date = first; date < last; date = daysOn(date, 1)) all.push(date)
  return all
}

/**
 * From when to when something is drawn on a wall clock of the zone: where clocks are put back it has at least its length, so
 * that nothing ends before it starts; where they are put on, it covers the hour that is left out.
 */
export function wallOf(zone: string, start: Date, end: Date): { start: string; end: string } {
  const from = localIn(zone, start)
  const long = Date.parse(`${from}Z`) + end.getTime() - start.getTime()
  const to = Date.parse(`${localIn(zone, end)}Z`)
  return { start: from, end: new Date(Math.max(long, to)).toISOString().slice(0, 19) }
}

/** The instant some minutes of the wall clock on: a day on it is at the same time of day. */
export function wallMoved(zone: string, at: Date, minutes: number): Date {
  if (minutes === 0) return at
  const days = Math.trunc(minutes / 1440)
  const onTheDay = new Date(at.getTime() + (minutes - days * 1440) * 60_000)
  if (days === 0) return onTheDay
  return instantIn(zone, `${daysOn(dateIn(zone, onTheDay), days)}T${localIn(zone, onTheDay).slice(11)}`)
}

/** Where something is dropped that was drawn so many minutes of the wall clock before: the hour that comes twice is the one it was in. */
export function droppedAt(zone: string, from: Date, minutes: number, wall: string): Date {
  const moved = wallMoved(zone, from, minutes)
  return localIn(zone, moved) === wall ? moved : instantIn(zone, wall)
}
