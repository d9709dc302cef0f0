import type { NoticePlan } from '@estate-os/booking'
import { spanIn, UNITS, type Unit } from '../../parts/spans'

export type FieldName = keyof NoticePlan
/** What a plan says; of a home what it has otherwise alone. */
export type Plan = Partial<NoticePlan>

/** In the order of the page. */
export const FIELDS: readonly FieldName[] = ['reminder_offsets_seconds', 'channels', 'quiet_hours', 'release', 'may_release']
export const CHANNELS: NoticePlan['channels'] = ['email', 'sms', 'whatsapp']
export const MOST_REMINDERS = 10
export const LONGEST = 2_592_000 // seconds: thirty days
const NIGHT = { from: '21:00', until: '08:00' }

/** A span as it is entered. */
export interface Span {
  amount: string
  unit: Unit
}

/** A plan as it is entered; what is not there is as the agency has it. */
export interface Draft {
  reminder_offsets_seconds?: Span[]
  channels?: NoticePlan['channels']
  quiet_hours?: NoticePlan['quiet_hours']
  release?: { span: Span; trust_sent: boolean } | null
  may_release?: boolean
}

export const entered = (seconds: number): Span => {
  const { amount, unit } = spanIn(seconds)
  return { amount: String(amount), unit }
}

/** What is entered in seconds; NaN where it is nothing. */
export const secondsIn = ({ amount, unit }: Span): number => (amount === '' ? Number.NaN : Math.round(Number(amount) * UNITS[unit]))

/** The fields that show a plan. */
export function draftOf(plan: Plan): Draft {
  const { reminder_offsets_seconds: offsets, release } = plan
  return {
    ...(plan as Omit<Plan, 'reminder_offsets_seconds' | 'release'>),
    ...(offsets && { reminder_offsets_seconds: descending(offsets).map(entered) }),
    ...(release !== undefined && { release: release && { span: entered(release.before_seconds), trust_sent: release.trust_sent } }),
  } as Draft
}

/** What the fields say: each reminder once, the earliest first. */
export function planOf(draft: Draft): Plan {
  const { reminder_offsets_seconds: spans, release } = draft
  return {
    ...(draft as Omit<Draft, 'reminder_offsets_seconds' | 'release'>),
    ...(spans && { reminder_offsets_seconds: descending([...new Set(spans.map(secondsIn))]) }),
    ...(release !== undefined && { release: release && { before_seconds: secondsIn(release.span), trust_sent: release.trust_sent } }),
  } as Plan
}

/** What a field begins with where a home gets one of its own, or where it is turned on. */
export const first = { quiet_hours: NIGHT, release: { span: entered(10_800), trust_sent: false }, reminder: entered(86_400) }

/** The draft with a field as the agency has it (undefined), or as it is given. */
export function withField(draft: Draft, name: FieldName, value: Draft[FieldName]): Draft {
  const { [name]: _, ...rest } = draft
  return value === undefined ? rest : { ...rest, [name]: value }
}

/** The fields in which two plans differ. */
export const changed = (was: Plan, is: Plan): FieldName[] => FIELDS.filter((name) => text(was[name]) !== text(is[name]))

/** What somebody was about to say, over what others have said meanwhile: their own stays, all else is as others have it. */
export function rebased(was: Plan, own: Draft, is: Plan): Draft {
  const touched = changed(was, planOf(own))
  const theirs = draftOf(is)
  return changed(was, is)
    .filter((name) => !touched.includes(name))
    .reduce((draft, name) => withField(draft, name, theirs[name]), own)
}

const descending = (seconds: readonly number[]) => [...seconds].sort((one, other) => other - one)

/** A value by what it says, in whatever order. */
function text(value: Plan[FieldName]): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return JSON.stringify([...value].sort())
  if (value !== null && typeof value === 'object') return JSON.stringify(Object.entries(value).sort())
  return JSON.stringify(value)
}
