import type { Overrides } from '@estate-os/booking'
import { spanIn, UNITS, type Unit } from '../../parts/spans'

export type RuleName = keyof Overrides
export type Value = Overrides[RuleName]
export type Values = Record<RuleName, Value>
/** What stands in the fields of a form, by their names. */
export type Entries = Record<string, string>

type Field = { kind: 'span' | 'count'; least: number; most: number } | { kind: 'levels' } | { kind: 'truth' }

const DAY = 86_400

/** How each rule is entered, and between what: as the contract has it. In the order of the page. */
export const RULES: Record<RuleName, Field> = {
  notice_seconds: { kind: 'span', least: 0, most: 365 * DAY },
  horizon_days: { kind: 'count', least: 1, most: 3650 },
  max_party_size: { kind: 'count', least: 1, most: 50 },
  max_live_bookings: { kind: 'count', least: 1, most: 1000 },
  max_live_bookings_per_property: { kind: 'count', least: 1, most: 1000 },
  cancellation_cutoff_seconds: { kind: 'span', least: 0, most: 365 * DAY },
  max_live_holds: { kind: 'count', least: 0, most: 100 },
  hold_seconds: { kind: 'span', least: 1, most: DAY },
  offer_seconds: { kind: 'span', least: 1, most: 30 * DAY },
  approval_levels: { kind: 'levels' },
  approval_seconds: { kind: 'span', least: 1, most: 30 * DAY },
  approval_before_start_seconds: { kind: 'span', least: 0, most: 30 * DAY },
  cancel_when_ineligible: { kind: 'truth' },
  buffer_seconds: { kind: 'span', least: 0, most: DAY },
  access_note_seconds: { kind: 'span', least: 0, most: 7 * DAY },
}
/** The rules that are shown together. */
export const GROUPS = {
  book: ['notice_seconds', 'horizon_days', 'max_party_size', 'max_live_bookings', 'max_live_bookings_per_property'],
  leave: ['cancellation_cutoff_seconds'],
  keep: ['max_live_holds', 'hold_seconds', 'offer_seconds'],
  approve: ['approval_levels', 'approval_seconds', 'approval_before_start_seconds', 'cancel_when_ineligible'],
  visit: ['buffer_seconds', 'access_note_seconds'],
} satisfies Record<string, RuleName[]>
export const NAMES = Object.keys(RULES) as RuleName[]

const LEVELS = ['LOW', 'MEDIUM', 'HIGH'] as const

/** Risk levels as one text, in their order: "LOW MEDIUM", or "none". */
export const levelsIn = (levels: readonly string[]): string => LEVELS.filter((one) => levels.includes(one)).join(' ') || 'none'

/** The fields that show a value. `approval_levels` and what is true or false are one text; empty is null. */
export function entriesOf(name: RuleName, value: Value): Entries {
  if (RULES[name].kind !== 'span') return { [name]: value === null ? '' : Array.isArray(value) ? levelsIn(value) : String(value) }
  if (value === null) return { [name]: '', [`${name}.unit`]: 'hour' }
  const { amount, unit } = spanIn(value as number)
  return { [name]: String(amount), [`${name}.unit`]: unit }
}

export const allEntries = (set: Values): Entries => Object.assign({}, ...NAMES.map((name) => entriesOf(name, set[name])))

/** What the fields say; null where they are empty. */
export function valueIn(name: RuleName, entries: Entries): Value {
  const entered = entries[name] ?? ''
  if (entered === '') return null
  const { kind } = RULES[name]
  if (kind === 'levels') return (entered === 'none' ? [] : entered.split(' ')) as Value
  if (kind === 'truth') return entered === 'true'
  return kind === 'count' ? Number(entered) : Math.round(Number(entered) * UNITS[entries[`${name}.unit`] as Unit])
}

const same = (one: Value, other: Value) => JSON.stringify(one) === JSON.stringify(other)

/** The rules in which two differ. */
export const changed = (was: Values, is: Values): RuleName[] => NAMES.filter((name) => !same(was[name], is[name]))

/** What somebody was about to set, over what others have set meanwhile: their own stays, all else is as others have it. */
export function rebased(was: Values, own: Entries, is: Values): Entries {
  const theirs = changed(was, is).filter((name) => same(valueIn(name, own), was[name]))
  return Object.assign({}, own, ...theirs.map((name) => entriesOf(name, is[name])))
}
