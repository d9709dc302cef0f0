import { expect, test } from 'vitest'
import { DAYS, daysOf, ruleOf } from './recurrence'

const hours = { days: ['SA', 'MO'], every: 1, first: '2027-03-06', last: null, from: '10:00', to: '12:30' }

test('a rule names its days in the order of the week, and ends its window', () => {
  expect(ruleOf(hours)).toEqual({
    start: '2027-03-06T10:00:00',
    recurrence: ['RRULE:FREQ=WEEKLY;BYDAY=MO,SA'],
    until_time: '12:30',
  })
})

test('every second week until a last day, which belongs to it', () => {
  expect(ruleOf({ ...hours, every: 2, last: '2027-04-30' }).recurrence).toEqual([
    'RRULE:FREQ=WEEKLY;BYDAY=MO,SA;INTERVAL=2;UNTIL=20270430T235959',
  ])
})

test('the days of a rule are read back', () => {
  expect(daysOf(ruleOf(hours).recurrence)).toEqual(['MO', 'SA'])
  expect(daysOf(['RRULE:FREQ=DAILY'])).toEqual(DAYS)
  expect(daysOf(['RDATE:20270306T100000'])).toEqual([])
})
