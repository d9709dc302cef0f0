import { instantIn } from '../../parts/zones'

/** A month as `2026-12`. */
export type Month = string

export const monthOf = (date: string): Month => date.slice(0, 7)

/** The month so many months later, or earlier where it is negative. */
export function later(month: Month, months: number): Month {
  const [year, number] = month.split('-').map(Number) as [number, number]
  return new Date(Date.UTC(year, number - 1 + months)).toISOString().slice(0, 7)
}

/** When a month begins and ends in a zone. */
export const boundsOf = (month: Month, zone: string): { from: Date; to: Date } => ({
  from: instantIn(zone, `${month}-01T00:00`),
  to: instantIn(zone, `${later(month, 1)}-01T00:00`),
})
