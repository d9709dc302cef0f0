import type { NoticePlan } from '@estate-os/booking'
import { spanText } from '../../parts/spans'
import { momentOf } from '../../parts/times'
import { locale } from '../../words/page-language'
import { exampleStart, remindedAt } from './examples'
import type { FieldName, Plan } from './plan'
import { words } from './words'

const list = new Intl.ListFormat(locale, { type: 'conjunction' })
const moment = (at: Date) => momentOf(at, 'UTC')
const channelNames = (channels: readonly string[]) => list.format(channels.map((one) => words.channels[one] ?? one))

/** Sentences about a field; `warnings` are of what somebody may not have meant. */
export interface Said {
  says: string[]
  warnings: string[]
}

/** A value in short, as others changed it. */
export function valueText(name: FieldName, plan: Plan): string {
  const value = plan[name]
  if (value === undefined) return words.inherited
  if (name === 'may_release') return value ? words.yes : words.no
  if (value === null || (Array.isArray(value) && value.length === 0)) return words.none
  if (name === 'reminder_offsets_seconds') return list.format(plan[name]!.map((one) => spanText(one, locale)))
  if (name === 'channels') return channelNames(plan[name]!)
  if (name === 'quiet_hours') return `${plan[name]!.from} – ${plan[name]!.until}`
  return spanText(plan.release!.before_seconds, locale)
}

/** What a field of a plan means for people, with an example where it has one. */
export function said(name: FieldName, plan: NoticePlan, configured: NoticePlan['channels'], now = new Date()): Said {
  return SAID[name](plan, configured, exampleStart(now))
}

const SAID: Record<FieldName, (plan: NoticePlan, configured: NoticePlan['channels'], visit: Date) => Said> = {
  reminder_offsets_seconds({ reminder_offsets_seconds: all, quiet_hours }, _, visit) {
    const offsets = all.filter((one) => one > 0)
    if (offsets.length === 0) return { says: [], warnings: [words.nobodyReminded] }
    const spans = list.format(offsets.map((one) => spanText(one, locale)))
    const times = list.format(offsets.map((one) => moment(remindedAt(visit, one, quiet_hours))))
    return { says: [words.reminded(spans), words.remindedSuch(moment(visit), times)], warnings: [] }
  },

  channels({ channels }, configured) {
    if (channels.length === 0) return { says: [], warnings: [words.nobodyTold] }
    const missing = channels.filter((one) => !configured.includes(one))
    return {
      says: [words.toldBy(channelNames(channels))],
      warnings: [
        ...(channels.includes('email') ? [] : [words.agentsUntold]),
        ...(missing.length ? [words.notConfigured(channelNames(missing))] : []),
      ],
    }
  },

  quiet_hours({ quiet_hours: quiet }) {
    if (!quiet) return { says: [words.noQuiet], warnings: [] }
    if (quiet.from === quiet.until) return { says: [], warnings: [words.quietEmpty] }
    return { says: [words.quiet(quiet.from, quiet.until), words.quietSuch(quiet.from, quiet.until), words.atOnce], warnings: [] }
  },

  release({ release, may_release, reminder_offsets_seconds }, _, visit) {
    if (!release) return { says: [words.noRelease], warnings: [] }
    if (!(release.before_seconds > 0)) return { says: [], warnings: [] }
    const deadline = new Date(visit.getTime() - release.before_seconds * 1_000)
    return {
      says: [
        words.released(spanText(release.before_seconds, locale)),
        words.releasedSuch(moment(visit), moment(deadline)),
        release.trust_sent ? words.trusted : words.notTrusted,
      ],
      warnings: [
        ...(may_release ? [] : [words.releaseForbidden]),
        ...(reminder_offsets_seconds.some((one) => one > release.before_seconds) ? [] : [words.nobodyAsked]),
      ],
    }
  },

  may_release: ({ may_release }) => ({ says: [may_release ? words.mayRelease : words.mayNotRelease], warnings: [] }),
}
