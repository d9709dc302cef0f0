import type { CreateScheduleRule, ScheduleRule } from '@estate-os/booking'

export const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const
export type Day = (typeof DAYS)[number]

/**
 * A rule as people say it. Dates are such as `2026-12-01`, times such as `14:30`, and local times such as `2026-12-01T14:30:00`;
 * what it does not say is empty.
 */
export interface Rule {
  frequency: 'DAILY' | 'WEEKLY'
  /** On these days alone; of a daily rule with none of them, on each. */
  days: readonly Day[]
  /** Every so many weeks, or days. */
  every: number
  first: string
  from: string
  /** The end of the window that slots are laid in; empty where there is one slot, at `from`. */
  to: string
  ends: 'never' | 'until' | 'count'
  /** The last day, which belongs to it. */
  last: string
  /** So many times. */
  count: number
  /** Local times that it leaves out (EXDATE), and those that come besides (RDATE). */
  without: readonly string[]
  besides: readonly string[]
}

/** A rule to begin with: of no day yet. */
export const blank = (first: string): Rule => ({
  frequency: 'WEEKLY',
  days: [],
  every: 1,
  first,
  from: '10:00',
  to: '12:00',
  ends: 'never',
  last: '',
  count: 10,
  without: [],
  besides: [],
})

/** A local time of a day, with its seconds. */
export const localTime = (date: string, time: string): string => `${date}T${time.length === 5 ? `${time}:00` : time}`

/** The lines of RFC 5545 for a rule. */
export function written(rule: Rule): CreateScheduleRule {
  const parts = [`FREQ=${rule.frequency}`]
  if (rule.days.length) parts.push(`BYDAY=${DAYS.filter((day) => rule.days.includes(day)).join(',')}`)
  if (rule.every > 1) parts.push(`INTERVAL=${rule.every}`)
  if (rule.ends === 'until') parts.push(`UNTIL=${rule.last.replaceAll('-', '')}T235959`)
  if (rule.ends === 'count') parts.push(`COUNT=${rule.count}`)
  const recurrence = [`RRULE:${parts.join(';')}`]
  if (rule.without.length) recurrence.push(`EXDATE:${rule.without.map(compact).join(',')}`)
  if (rule.besides.length) recurrence.push(`RDATE:${rule.besides.map(compact).join(',')}`)
  return { start: localTime(rule.first, rule.from), recurrence, ...(rule.to && { until_time: rule.to }) }
}

/** A rule as the service keeps it, read for people. */
export function read({ start, recurrence, until_time }: ScheduleRule): Rule {
  const lines = new Map(recurrence.map((line) => line.split(':') as [string, string]))
  const parts = new Map((lines.get('RRULE') ?? '').split(';').map((part) => part.split('=') as [string, string]))
  const [first = '', time = ''] = start.split('T')
  const weekly = parts.get('FREQ') === 'WEEKLY'
  const named = parts.get('BYDAY')?.split(',') ?? (weekly ? [weekdayOf(first)] : [])
  const until = parts.get('UNTIL')
  const count = parts.get('COUNT')
  return {
    ...blank(first),
    frequency: weekly ? 'WEEKLY' : 'DAILY',
    days: DAYS.filter((day) => named.includes(day)),
    every: Number(parts.get('INTERVAL') ?? 1),
    from: time.replace(/:00$/, ''),
    to: until_time?.slice(0, 5) ?? '',
    ends: until ? 'until' : count ? 'count' : 'never',
    last: until ? lastDay(spread(until), time) : '',
    ...(count && { count: Number(count) }),
    without: timesOf(lines.get('EXDATE')),
    besides: timesOf(lines.get('RDATE')),
  }
}

/** Another time of day for a rule: what it leaves out, and what comes besides at the time before, goes along. */
export function shifted(rule: Rule, from: string): Rule {
  const before = localTime('', rule.from)
  const along = (all: readonly string[]) => all.map((one) => (one.endsWith(before) ? localTime(one.slice(0, 10), from) : one))
  return { ...rule, from, without: along(rule.without), besides: along(rule.besides) }
}

/** The day of the week of a date. */
export function weekdayOf(date: string): Day {
  return DAYS[(new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7] ?? 'MO'
}

/** Minutes of a window, so that it is told where no slot fits into it. */
export function minutesOf({ from, to }: Pick<Rule, 'from' | 'to'>): number {
  const at = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
  return at(to) - at(from)
}

/** The last day on which a rule has a time that is not after its UNTIL. */
function lastDay(until: string, time: string): string {
  const date = until.slice(0, 10)
  if (until.slice(11) >= time) return date
  return new Date(Date.parse(`${date}T00:00Z`) - 86_400_000).toISOString().slice(0, 10)
}

const timesOf = (text: string | undefined): string[] => text?.split(',').map(spread) ?? []
const compact = (time: string) => time.replaceAll(/[-:]/g, '')
const spread = (time: string) => time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6')
