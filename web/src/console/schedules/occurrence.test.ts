import type { ScheduleOccurrence } from '@estate-os/booking'
import { expect, test } from 'vitest'
import { canChange, firstDate, isElsewhere } from './occurrence'

const at = (hour: number) => new Date(Date.UTC(2027, 2, 1, hour))
const made: ScheduleOccurrence = {
  occurrence: '2027-03-01T10:00:00',
  start_time: at(10),
  end_time: at(11),
  state: 'made',
  reason: null,
  slot_id: 'one',
  slot: { agent_id: 'an-agent', start_time: at(10), end_time: at(11) },
}
const active = { status: 'active' } as never

test('a slot is elsewhere once it begins, or ends, at another time', () => {
  expect(isElsewhere(made)).toBe(false)
  expect(isElsewhere({ ...made, slot: { ...made.slot!, start_time: at(9) } })).toBe(true)
  expect(isElsewhere({ ...made, slot: { ...made.slot!, end_time: at(12) } })).toBe(true)
  expect(isElsewhere({ ...made, slot: null })).toBe(false)
})

test('what is to come can be changed, by where its slot is by now, unless it is gone', () => {
  expect(canChange(active, made, at(9))).toBe(true)
  expect(canChange(active, made, at(10))).toBe(false)
  expect(canChange(active, { ...made, slot: { ...made.slot!, start_time: at(12) } }, at(10))).toBe(true)
  expect(canChange(active, { ...made, state: 'deleted' }, at(9))).toBe(false)
  expect(canChange(active, { ...made, state: 'skipped', reason: 'slot_overlap', slot: null }, at(9))).toBe(true)
  expect(canChange(active, { ...made, state: 'skipped', reason: 'schedule_changed', slot: null }, at(9))).toBe(false)
  expect(canChange({ status: 'ended' } as never, made, at(9))).toBe(false)
})

test('a schedule begins with the first of its rules, or where another one was cut', () => {
  const rules = ['2027-03-09T10:00:00', '2027-03-06T10:00:00'].map((start) => ({ start, recurrence: [], until_time: null }))
  expect(firstDate({ rules, since: null })).toBe('2027-03-06')
  expect(firstDate({ rules, since: '2027-04-01T10:00:00' })).toBe('2027-04-01')
  expect(firstDate({ rules, since: '2027-01-01T10:00:00' })).toBe('2027-03-06')
})
