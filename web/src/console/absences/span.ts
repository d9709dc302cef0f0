import { dayOf, momentOf, timeOf } from '../../parts/times'
import { dateIn, instantIn, localIn } from '../../parts/zones'
import { daysOn } from '../week/dates'

/** A time as a form has it: days, of which the last belongs to it, or local times. */
export interface Entered {
  whole: boolean
  from: string
  to: string
}

/** From when to when that is. */
export function spanOf(zone: string, { whole, from, to }: Entered): [Date, Date] {
  if (!whole) return [instantIn(zone, from), instantIn(zone, to)]
  return [instantIn(zone, `${from}T00:00`), instantIn(zone, `${daysOn(to, 1)}T00:00`)]
}

/** The same time as a form has it: in days where it is whole days. */
export function enteredOf(zone: string, from: Date, to: Date): Entered {
  const [start, end] = [localIn(zone, from), localIn(zone, to)]
  const whole = start.endsWith('T00:00:00') && end.endsWith('T00:00:00') && start < end
  if (whole) return { whole, from: start.slice(0, 10), to: daysOn(end.slice(0, 10), -1) }
  return { whole, from: start.slice(0, 16), to: end.slice(0, 16) }
}

/** How a time is told: "3 Dec – 5 Dec" for whole days, or from when to when. */
export function spanText(zone: string, from: Date, to: Date): string {
  const { whole, from: first, to: last } = enteredOf(zone, from, to)
  const noon = (date: string) => instantIn(zone, `${date}T12:00`)
  if (whole) return first === last ? dayOf(noon(first), zone) : `${dayOf(noon(first), zone)} – ${dayOf(noon(last), zone)}`
  const sameDay = dateIn(zone, from) === dateIn(zone, to)
  return `${momentOf(from, zone)} – ${(sameDay ? timeOf : momentOf)(to, zone)}`
}
