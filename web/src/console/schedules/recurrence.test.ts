import { expect, test } from 'vitest'
import { blank, minutesOf, type Rule, read, shifted, weekdayOf, written } from './recurrence'

const weekly: Rule = { ...blank('2027-03-06'), days: ['SA', 'MO'], to: '12:30' }

test('a rule names its days in the order of the week, and ends its window', () => {
  expect(written(weekly)).toEqual({
    start: '2027-03-06T10:00:00',
    recurrence: ['RRULE:FREQ=WEEKLY;BYDAY=MO,SA'],
    until_time: '12:30',
  })
})

test('every second week until a last day, which belongs to it', () => {
  expect(written({ ...weekly, every: 2, ends: 'until', last: '2027-04-30' }).recurrence).toEqual([
    'RRULE:FREQ=WEEKLY;BYDAY=MO,SA;INTERVAL=2;UNTIL=20270430T235959',
  ])
})

test('single slots of each third day, so many times, with exceptions and days besides', () => {
  const rule: Rule = {
    ...blank('2027-03-06'),
    frequency: 'DAILY',
    every: 3,
    to: '',
    ends: 'count',
    count: 20,
    without: ['2027-03-09T10:00:00'],
    besides: ['2027-03-10T15:30:00', '2027-03-11T10:00:00'],
  }
  expect(written(rule)).toEqual({
    start: '2027-03-06T10:00:00',
    recurrence: ['RRULE:FREQ=DAILY;INTERVAL=3;COUNT=20', 'EXDATE:20270309T100000', 'RDATE:20270310T153000,20270311T100000'],
  })
  expect(read({ ...written(rule), until_time: null })).toEqual(rule)
})

test('what is written is read back, and days that it does not name are those of its start', () => {
  const kept = { ...weekly, ends: 'until' as const, last: '2027-04-30' }
  expect(read({ ...written(kept), until_time: '12:30:00' })).toEqual({ ...kept, days: ['MO', 'SA'] })
  expect(read({ start: '2027-03-06T10:00:00', recurrence: ['RRULE:FREQ=WEEKLY'], until_time: null }).days).toEqual(['SA'])
  expect(read({ start: '2027-03-06T10:00:00', recurrence: ['RRULE:FREQ=DAILY'], until_time: null }).days).toEqual([])
})

test('a rule that ends before its time of the day has the day before as its last', () => {
  const last = (until: string) =>
    read({ start: '2027-03-06T10:00:00', recurrence: [`RRULE:FREQ=DAILY;UNTIL=${until}`], until_time: null }).last
  expect(last('20270401T095959')).toBe('2027-03-31')
  expect(last('20270401T100000')).toBe('2027-04-01')
})

test('exceptions at the time of the rule go along with it, others stay where they are', () => {
  const rule = { ...weekly, without: ['2027-03-08T10:00:00'], besides: ['2027-03-09T15:00:00'] }
  expect(shifted(rule, '11:30')).toMatchObject({ from: '11:30', without: ['2027-03-08T11:30:00'], besides: ['2027-03-09T15:00:00'] })
})

test('a date has a day of the week, a window has minutes', () => {
  expect(weekdayOf('2027-03-06')).toBe('SA')
  expect(minutesOf({ from: '10:00', to: '12:30' })).toBe(150)
})
