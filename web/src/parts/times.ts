import { locale } from '../words/page-language'
import { comesTwice, localIn } from './zones'

/** The zone of the browser. */
export const viewersZone = Intl.DateTimeFormat().resolvedOptions().timeZone

const formats = new Map<string, Intl.DateTimeFormat>()

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options)
  const made = formats.get(key) ?? new Intl.DateTimeFormat(locale, options)
  formats.set(key, made)
  return made
}

/** A day, such as "Tuesday, 1 December". */
export const dayOf = (at: Date, zone: string) => format({ timeZone: zone, weekday: 'long', day: 'numeric', month: 'long' }).format(at)

/** Where the clock shows a time twice, its zone says which one it is. */
const which = (at: Date, zone: string) => (comesTwice(zone, at) ? ({ timeZone: zone, timeZoneName: 'short' } as const) : { timeZone: zone })

/** A time of day, such as "14:30". */
export const timeOf = (at: Date, zone: string) => format({ ...which(at, zone), hour: '2-digit', minute: '2-digit' }).format(at)

/** Day and time, such as "Tue, 1 Dec, 14:30". */
export const momentOf = (at: Date, zone: string) =>
  format({ ...which(at, zone), weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(at)

/** From when to when, such as "14:30 – 15:00". */
export const hoursOf = (start: Date, end: Date, zone: string) =>
  comesTwice(zone, start) || comesTwice(zone, end)
    ? `${timeOf(start, zone)} – ${timeOf(end, zone)}`
    : format({ timeZone: zone, hour: '2-digit', minute: '2-digit' }).formatRange(start, end)

/** What a zone is called at a time, such as "Western European Standard Time". */
export const zoneName = (zone: string, at = new Date()) =>
  format({ timeZone: zone, timeZoneName: 'long' })
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')?.value ?? zone

/** Whether the clocks of a zone say something else than the viewer's: then it has to be named. */
export const clocksDiffer = (zone: string, at: Date) => localIn(zone, at) !== localIn(viewersZone, at)
