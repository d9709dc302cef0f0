import { comesTwice, localIn } from '../parts/zones'

export const viewersZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

/** Where the clock shows a time twice, its zone says which one it is. */
const which = (at: Date, zone: string) => (comesTwice(zone, at) ? ({ timeZone: zone, timeZoneName: 'short' } as const) : { timeZone: zone })

/** Dates in a language, each in the zone that is asked for. */
export class Dates {
  readonly #made = new Map<string, Intl.DateTimeFormat>()

  constructor(readonly locale: string) {}

  /** A day of the calendar, `2026-12-01`, such as "Tue, 1 Dec". */
  day = (date: string) => this.#format({ timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' }).format(Date.parse(date))
  /** The same in full. */
  dayInFull = (date: string) => this.#format({ timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long' }).format(Date.parse(date))
  moment = (at: Date, zone: string) =>
    this.#format({ ...which(at, zone), weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(at)
  hours = (start: Date, end: Date, timeZone: string) =>
    comesTwice(timeZone, start) || comesTwice(timeZone, end)
      ? `${this.#time(start, timeZone)} – ${this.#time(end, timeZone)}`
      : this.#format({ timeZone, hour: '2-digit', minute: '2-digit' }).formatRange(start, end)
  zone = (timeZone: string) =>
    this.#format({ timeZone, timeZoneName: 'long' })
      .formatToParts()
      .find(({ type }) => type === 'timeZoneName')?.value ?? timeZone

  /** The viewer's own time of it, where it is another one there. */
  own(at: Date, zone: string): string | undefined {
    const own = viewersZone()
    return localIn(own, at) === localIn(zone, at) ? undefined : this.moment(at, own)
  }

  #time = (at: Date, zone: string) => this.#format({ ...which(at, zone), hour: '2-digit', minute: '2-digit' }).format(at)

  #format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const key = JSON.stringify(options)
    const made = this.#made.get(key) ?? new Intl.DateTimeFormat(this.locale, options)
    this.#made.set(key, made)
    return made
  }
}

/** Seconds as `4:09`. */
export const countdown = (seconds: number) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
