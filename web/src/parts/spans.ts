const MINUTE = 60_000
const STEPS = [
  ['day', 1_440],
  ['hour', 60],
  ['minute', 1],
] as const

/** A span as people say it, by its two largest units and rounded down: "2 days 3 hr", "1 hr 20 min", less than a minute is "0 min". */
export function spanOf(milliseconds: number, locale: string): string {
  let minutes = Math.max(0, Math.floor(milliseconds / MINUTE))
  const parts: string[] = []
  for (const [unit, size] of STEPS) {
    const count = Math.floor(minutes / size)
    minutes -= count * size
    if (parts.length > 0 && count === 0) break
    if (count > 0 || unit === 'minute')
      parts.push(new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(count))
    if (parts.length === 2) break
  }
  return parts.join(' ')
}

/** A span that runs out, by the second within the last hour: "9:05". */
export function countdown(milliseconds: number, locale: string): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  return seconds < 3600 ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}` : spanOf(milliseconds, locale)
}

/** Units in which a span is entered, in seconds. */
export const UNITS = { second: 1, minute: 60, hour: 3_600, day: 86_400 } as const
export type Unit = keyof typeof UNITS

/** Seconds by the largest unit of which they are a whole number. */
export function spanIn(seconds: number): { amount: number; unit: Unit } {
  const unit = seconds === 0 ? 'minute' : ((['day', 'hour', 'minute'] as const).find((one) => seconds % UNITS[one] === 0) ?? 'second')
  return { amount: seconds / UNITS[unit], unit }
}

/** A span in words, by that unit: "2 hours". */
export function spanText(seconds: number, locale: string): string {
  const { amount, unit } = spanIn(seconds)
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(amount)
}
