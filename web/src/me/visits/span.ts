const MINUTE = 60
const HOUR = 60 * MINUTE

/** A span for people: seconds within the last hour as `9:05`, hours and minutes before. */
export function spanOf(seconds: number, locale: string): string {
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}:${String(seconds % MINUTE).padStart(2, '0')}`
  const unit = (unit: 'hour' | 'minute', value: number) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(value)
  return `${unit('hour', Math.floor(seconds / HOUR))} ${unit('minute', Math.floor((seconds % HOUR) / MINUTE))}`
}
