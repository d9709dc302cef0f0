import type { PatchScheduleData, Schedule } from '@estate-os/booking'
import { minutesOf, type Rule, read, written } from './recurrence'

/** By what a schedule makes slots. */
export interface Terms {
  rules: readonly Rule[]
  slot_minutes: number
  gap_minutes: number
  capacity: number
  horizon_days: number
}

/** Bounds of the numbers, as the contract has them. */
export const BOUNDS = {
  slot_minutes: [5, 480],
  gap_minutes: [0, 480],
  capacity: [1, 200],
  horizon_days: [1, 366],
} as const satisfies Record<Exclude<keyof Terms, 'rules'>, readonly [number, number]>

export const MOST_RULES = 10
export const MOST_DATES = 366

type Changed = PatchScheduleData['body']

export function termsOf({ rules, slot_minutes, gap_minutes, capacity, horizon_days }: Schedule): Terms {
  return { rules: rules.map(read), slot_minutes, gap_minutes, capacity, horizon_days }
}

/** What of the terms is not as it was: that alone is sent, so that what others have changed meanwhile stays. */
export function changed(before: Terms, now: Terms): Changed {
  const numbers = (Object.keys(BOUNDS) as (keyof typeof BOUNDS)[]).filter((name) => before[name] !== now[name])
  const rules = now.rules.map(written)
  return {
    ...Object.fromEntries(numbers.map((name) => [name, now[name]])),
    ...(JSON.stringify(rules) !== JSON.stringify(before.rules.map(written)) && { rules }),
  }
}

/** Whether a slot fits into the rule's window. */
export const fits = (rule: Rule, slot_minutes: number): boolean => !rule.to || minutesOf(rule) >= slot_minutes
