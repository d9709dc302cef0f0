export const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const

/** Hours that come again on some days of a week, as people say them; dates such as `2026-12-01`, times such as `14:30`. */
export interface Hours {
  days: readonly string[]
  /** Every so many weeks. */
  every: number
  first: string
  last: string | null
  from: string
  to: string
}

/** The rule of a schedule for these hours. */
export function ruleOf({ days, every, first, last, from, to }: Hours) {
  const parts = ['FREQ=WEEKLY', `BYDAY=${DAYS.filter((day) => days.includes(day)).join(',')}`]
  if (every > 1) parts.push(`INTERVAL=${every}`)
  if (last) parts.push(`UNTIL=${last.replaceAll('-', '')}T235959`)
  return { start: `${first}T${from}:00`, recurrence: [`RRULE:${parts.join(';')}`], until_time: to }
}

/** The days that a recurrence names, in the order of a week; all of them for each day. */
export function daysOf(recurrence: readonly string[]): readonly string[] {
  const rule = recurrence.find((line) => line.startsWith('RRULE:')) ?? ''
  const named = /BYDAY=([A-Z,]+)/.exec(rule)?.[1]?.split(',')
  return named ? DAYS.filter((day) => named.includes(day)) : rule.includes('FREQ=DAILY') ? DAYS : []
}
