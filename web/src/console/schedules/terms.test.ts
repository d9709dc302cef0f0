import { expect, test } from 'vitest'
import { blank, written } from './recurrence'
import { changed, fits, termsOf } from './terms'

const rule = { ...blank('2027-03-06'), days: ['SA' as const] }
const terms = { rules: [rule], slot_minutes: 30, gap_minutes: 0, capacity: 1, horizon_days: 28 }

test('only what is not as it was is sent', () => {
  expect(changed(terms, terms)).toEqual({})
  expect(changed(terms, { ...terms, slot_minutes: 45, gap_minutes: 5 })).toEqual({ slot_minutes: 45, gap_minutes: 5 })
  const later = { ...rule, from: '11:00' }
  expect(changed(terms, { ...terms, rules: [later] })).toEqual({ rules: [written(later)] })
})

test('the terms of a schedule that was read are as they were', () => {
  const before = termsOf({
    ...terms,
    rules: [{ start: '2027-03-06T10:00:00', recurrence: ['RRULE:FREQ=WEEKLY;BYDAY=SA'], until_time: '12:00:00' }],
  } as never)
  expect(changed(before, terms)).toEqual({})
})

test('a slot fits into a window that is as long, and wherever there is no window', () => {
  expect(fits(rule, 120)).toBe(true)
  expect(fits(rule, 121)).toBe(false)
  expect(fits({ ...rule, to: '' }, 480)).toBe(true)
})
