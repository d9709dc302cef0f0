import { expect, test } from 'vitest'
import { datesBetween, datesOf, daysOn, droppedAt, instantsOf, mondayOf, turned, wallMoved, wallOf } from './dates'

test('a week begins on Monday, and a month is shown from the Monday before', () => {
  expect(mondayOf('2026-12-06')).toBe('2026-11-30')
  expect(datesOf('week', '2026-12-02')).toEqual(['2026-11-30', '2026-12-07'])
  expect(datesOf('day', '2026-12-31')).toEqual(['2026-12-31', '2027-01-01'])
  expect(datesOf('month', '2026-12-15')).toEqual(['2026-11-30', '2027-01-11'])
})

test('turning goes on by what is shown', () => {
  expect([turned('week', '2026-12-30', 1), turned('day', '2026-03-01', -1)]).toEqual(['2027-01-06', '2026-02-28'])
  expect([turned('month', '2026-01-31', 1), turned('month', '2026-01-31', -1)]).toEqual(['2026-02-01', '2025-12-01'])
  expect(daysOn('2026-12-31', 1)).toBe('2027-01-01')
  expect(datesBetween('2026-02-27', '2026-03-02')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01'])
})

test.each([
  ['Europe/Lisbon', '2026-10-25', 25],
  ['Europe/Lisbon', '2026-03-29', 23],
  ['Atlantic/Azores', '2026-10-25', 25],
  ['Australia/Lord_Howe', '2026-10-04', 23.5],
])('in %s the day of %s has %d hours', (zone, date, hours) => {
  const [from, to] = instantsOf('day', date, zone)
  expect((to.getTime() - from.getTime()) / 3_600_000).toBe(hours)
})

test('what lasts over a change of clocks is drawn with its length, or over the hour that is left out', () => {
  const drawn = (from: string, to: string) => Object.values(wallOf('Europe/Lisbon', new Date(from), new Date(to)))
  expect(drawn('2026-10-25T00:45Z', '2026-10-25T01:15Z')).toEqual(['2026-10-25T01:45:00', '2026-10-25T02:15:00'])
  expect(drawn('2026-03-29T00:30Z', '2026-03-29T01:30Z')).toEqual(['2026-03-29T00:30:00', '2026-03-29T02:30:00'])
})

test('a day on is the same time of day, a quarter of an hour on is a quarter of an hour', () => {
  const saturday = new Date('2026-10-24T09:00Z') // 10:00 in Lisbon
  expect(wallMoved('Europe/Lisbon', saturday, 1440).toISOString()).toBe('2026-10-25T10:00:00.000Z')
  expect(wallMoved('Europe/Lisbon', saturday, 0)).toBe(saturday)
  expect(wallMoved('Europe/Lisbon', new Date('2026-10-25T00:45Z'), 15).toISOString()).toBe('2026-10-25T01:00:00.000Z')
  expect(wallMoved('Europe/Lisbon', saturday, -1440 - 15).toISOString()).toBe('2026-10-23T08:45:00.000Z')
})

test.each([
  ['2026-10-25T01:30Z', 15, '2026-10-25T01:45:00', '2026-10-25T01:45:00.000Z'], // the second 01:30
  ['2026-10-25T00:30Z', 15, '2026-10-25T01:45:00', '2026-10-25T00:45:00.000Z'], // the first
  ['2026-10-24T23:30Z', 180, '2026-10-25T03:30:00', '2026-10-25T03:30:00.000Z'], // over the change
  ['2026-10-24T09:00Z', 1440, '2026-10-25T10:00:00', '2026-10-25T10:00:00.000Z'],
])('what was at %s and is dropped %d minutes on is at the time that is shown', (from, minutes, wall, at) =>
  expect(droppedAt('Europe/Lisbon', new Date(from), minutes, wall).toISOString()).toBe(at),
)
