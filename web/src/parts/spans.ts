const MINUTE = 60_000
const STEPS = [
  ['day', 1_440],
  ['hour', 60],
  ['minute', 1],
] as const

/** A span as people say it, by its two largest units and rounded down: "2 days 3 hr", "1 hr 20 min", "less than a minute" is 0 min. */
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
