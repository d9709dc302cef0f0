import type { FigureRow } from '@estate-os/booking'
import { locale } from '../../words/page-language'
import { words } from './words'

const day = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' })

/** What a row of a report is about. */
export function rowName({ date, hour, property, agent }: FigureRow, group: string): string {
  if (date !== null) return group === 'week' ? words.weekOf(shown(date)) : shown(date)
  if (hour !== null) return `${String(hour).padStart(2, '0')}:00`
  return property?.label ?? agent?.name ?? words.nobody
}

/** The same, as short as it has to be below a bar. */
export function barName({ date, hour, property, agent }: FigureRow): string {
  if (date !== null) return String(Number(date.slice(8)))
  return hour === null ? (property?.label ?? agent?.name ?? words.nobody).slice(0, 14) : String(hour)
}

const shown = (date: string) => day.format(new Date(`${date}T00:00Z`))
