import { dateText, dayNames, timeText } from './local-days'
import { localTime, type Rule } from './recurrence'
import { words } from './words'

/** A rule in a sentence: when it recurs, from when to when, and what it leaves out or has besides. */
export function said(rule: Rule): string[] {
  const at = (time: string) => timeText(localTime(rule.first, time))
  const when = rule.frequency === 'WEEKLY' ? words.weekly(dayNames(rule.days), rule.every) : words.daily(rule.every)
  const only = rule.frequency === 'DAILY' && rule.days.length ? words.onlyOn(dayNames(rule.days)) : ''
  const hours = rule.to ? words.window(at(rule.from), at(rule.to)) : words.single(at(rule.from))
  const ends = { never: '', until: rule.last && words.until(dateText(rule.last)), count: words.times(rule.count) }[rule.ends]
  const sentence = [when, only, hours, words.since(dateText(rule.first)), ends].filter(Boolean).join(', ')
  return [
    `${sentence}.`,
    ...(rule.without.length ? [words.without(rule.without.map((one) => moment(one, rule)).join('; '))] : []),
    ...(rule.besides.length ? [words.besides(rule.besides.map((one) => moment(one, rule)).join('; '))] : []),
  ]
}

/** A local time of a rule: its time of day is told where that is not the rule's own. */
export function moment(local: string, { from }: Pick<Rule, 'from'>): string {
  return local === localTime(local.slice(0, 10), from) ? dateText(local) : `${dateText(local)}, ${timeText(local)}`
}
