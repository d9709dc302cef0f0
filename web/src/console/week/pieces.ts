import { daysOn } from './dates'

export const MOST_AT_ONCE = 500

interface Span {
  date: string
  from: string
  to: string
  /** How many days in a row. */
  days: number
  /** How long each is, in minutes; 0 for all of it at once. */
  each: number
}

const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
const timeOf = (minutes: number) => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

/** Local starts and ends of what is offered, day by day; what is left at the end of a day is none. */
export function piecesOf({ date, from, to, days, each }: Span): [string, string][] {
  if (!date || !from || !to) return []
  const [first, last] = [minutesOf(from), to === '00:00' ? 24 * 60 : minutesOf(to)]
  const long = each || last - first
  const all: [string, string][] = []
  for (let day = 0; day < days && long > 0; day++) {
    for (let at = first; at + long <= last; at += long) {
      const ends = at + long
      const on = daysOn(date, day)
      all.push([`${on}T${timeOf(at)}`, ends === 24 * 60 ? `${daysOn(on, 1)}T00:00` : `${on}T${timeOf(ends)}`])
    }
  }
  return all
}
