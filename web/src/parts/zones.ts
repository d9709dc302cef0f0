const formats = new Map<string, Intl.DateTimeFormat>()

/** The local date of an instant, as `2026-12-01`. */
export const dateIn = (zone: string, at: Date): string => localIn(zone, at).slice(0, 10)

/** The instant of a local time `2026-12-01T14:30`; the earlier one where it comes twice, the later side of a gap. */
export function instantIn(zone: string, local: string): Date {
  const wall = Date.parse(`${local}Z`)
  const offset = (at: number) => Date.parse(`${localIn(zone, new Date(at))}Z`) - at
  const early = wall - offset(wall - 86_400_000)
  const late = wall - offset(wall + 86_400_000)
  const fits = [early, late].filter((at) => at + offset(at) === wall)
  return new Date(fits.length ? Math.min(...fits) : Math.max(early, late))
}

/** The local time of an instant, as `2026-12-01T14:30:00`. */
export function localIn(zone: string, at: Date): string {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {}
  for (const { type, value } of formatIn(zone).formatToParts(at)) parts[type] = value
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}`
}

/** One for each zone: to make one takes longer than to use it some hundred times. */
function formatIn(zone: string): Intl.DateTimeFormat {
  const made =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
  formats.set(zone, made)
  return made
}
