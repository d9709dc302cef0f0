import type { AvailableDay } from '@estate-os/booking'
import { expect, test } from 'vitest'
import { freeByDay, monthAfter, spanOfMonth, weeksOf } from './month'

test('months follow each other over the year', () => {
  expect([monthAfter('2026-12', 1), monthAfter('2026-01', -1), monthAfter('2026-05', 0)]).toEqual(['2027-01', '2025-12', '2026-05'])
})

test('a month has whole weeks, which begin on the day that they are said to', () => {
  const monday = weeksOf('2026-12', 1)
  expect(monday.map((week) => week.length)).toEqual([7, 7, 7, 7, 7])
  expect(monday[0]).toEqual([null, '2026-12-01', '2026-12-02', '2026-12-03', '2026-12-04', '2026-12-05', '2026-12-06'])
  expect(weeksOf('2026-12', 7)[0]!.slice(0, 3)).toEqual([null, null, '2026-12-01'])
  expect(weeksOf('2027-02', 1)).toHaveLength(4)
})

test('a month is asked for from now on, and no longer than the service counts', () => {
  const now = new Date('2026-10-05T12:00:00Z')
  expect(spanOfMonth('2026-10', 'Europe/Lisbon', now)).toEqual({ from: now, to: new Date('2026-11-01T00:00:00Z') })
  const october = spanOfMonth('2026-10', 'Europe/Lisbon', new Date('2026-01-01T00:00:00Z'))! // has 25 hours more than 30 days
  expect((october.to.getTime() - october.from.getTime()) / 86_400_000).toBe(31)
  expect(spanOfMonth('2026-09', 'Europe/Lisbon', now)).toBeNull()
})

test('free times of a day are those of all homes', () => {
  const days = [
    { date: '2026-12-01', free: 2 },
    { date: '2026-12-01', free: 1 },
    { date: '2026-12-02', free: 0 },
  ] as unknown as AvailableDay[]
  expect([...freeByDay(days)]).toEqual([
    ['2026-12-01', 3],
    ['2026-12-02', 0],
  ])
})
