import type { QuietHours } from '@estate-os/booking'

const MINUTE = 60_000
const DAY = 86_400

/**
 * When somebody is reminded of a visit: so long before it, or the last minute before the quiet hours that this is in. Dates here
 * are clocks on a wall: their UTC is the local time of a home whose clocks are not changed.
 */
export function remindedAt(start: Date, before: number, quiet: QuietHours | null): Date {
  const at = new Date(start.getTime() - before * 1_000)
  if (!quiet || !isQuiet(clock(at), quiet)) return at
  const begins = new Date(`${at.toISOString().slice(0, 10)}T${quiet.from}:00Z`)
  if (begins > at) begins.setTime(begins.getTime() - DAY * 1_000)
  return new Date(begins.getTime() - MINUTE)
}

/** Whether a time of day, such as 21:30, is in quiet hours. */
export const isQuiet = (at: string, { from, until }: QuietHours): boolean =>
  from <= until ? from <= at && at < until : at >= from || at < until

/** A visit to show a plan by: the next Friday at ten. */
export function exampleStart(now: Date): Date {
  const day = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), 10))
  return new Date(day.getTime() + (((5 - day.getUTCDay() + 7) % 7) + 7) * DAY * 1_000)
}

const clock = (at: Date) => at.toISOString().slice(11, 16)
