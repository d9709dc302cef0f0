import { locale } from '../../words/page-language'
import { DAYS, type Day } from './recurrence'

const asUtc = (local: string) => new Date(`${local.slice(0, 10)}T${local.slice(11) || '00:00:00'}Z`)
const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options })

const dates = format({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
const times = format({ hour: '2-digit', minute: '2-digit' })
const weekdays = format({ weekday: 'long' })

/** A local date, or the date of a local time, such as "Tue, 9 Mar 2027". */
export const dateText = (local: string): string => dates.format(asUtc(local))

/** The time of day of a local time such as `2027-03-09T14:30:00`. */
export const timeText = (local: string): string => times.format(asUtc(local))

/** Days of the week by their whole names: "Monday and Wednesday". 4 January 2027 is a Monday. */
export function dayNames(days: readonly Day[]): string {
  const names = days.map((day) => weekdays.format(new Date(Date.UTC(2027, 0, 4 + DAYS.indexOf(day)))))
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(names)
}
