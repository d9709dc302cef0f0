import { expect, test } from 'vitest'
import { boundsOf, later } from './months'

test('a month is followed by the next one, over the year', () => {
  expect([later('2026-12', 1), later('2026-01', -1), later('2026-11', 14)]).toEqual(['2027-01', '2025-12', '2028-01'])
})

test('a month in which a clock is changed begins and ends at midnight there', () => {
  const { from, to } = boundsOf('2026-10', 'Europe/Berlin')
  expect([from.toISOString(), to.toISOString()]).toEqual(['2026-09-30T22:00:00.000Z', '2026-10-31T23:00:00.000Z'])
})
