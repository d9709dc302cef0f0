const HOUR = 3_600_000
const formats = new Map<string, Intl.DateTimeFormat>()
const changing = new Map<string, boolean>()

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

/** Whether the wall clock shows this time twice, as where clocks are put back. */
export function comesTwice(zone: string, at: Date): boolean {
  const moved = (hours: number) => new Date(at.getTime() + hours * HOUR)
  const shown = localIn(zone, at)
  return changes(zone, at) && [-1, -0.5, 0.5, 1].some((hours) => localIn(zone, moved(hours)) === shown)
}

/** Whether clocks change on the day of it, or just before or after. */
function changes(zone: string, at: Date): boolean {
  const day = Math.floor(at.getTime() / (24 * HOUR))
  const key = `${zone} ${day}`
  const offset = (time: number) => Date.parse(`${localIn(zone, new Date(time))}Z`) - time
  const found = changing.get(key) ?? offset((day * 24 - 1) * HOUR) !== offset((day * 24 + 25) * HOUR)
  changing.set(key, found)
  return found
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

/** The names of the zones, by the part before the slash; with the one that is chosen, whatever the browser knows. */
export function zonesBy(chosen: string, known: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const name of [...new Set([...known, 'UTC', chosen])].filter(Boolean).sort()) {
    const group = name.includes('/') ? name.slice(0, name.indexOf('/')) : 'UTC'
    groups.set(group, [...(groups.get(group) ?? []), name])
  }
  return groups
}
