import { expect, test } from 'vitest'
import { countdown, spanIn, spanOf } from './spans'

test.each([
  [-1, '0 min'],
  [59_000, '0 min'],
  [80 * 60_000, '1 hr 20 min'],
  [60 * 60_000, '1 hr'],
  [(2 * 24 + 3) * 3_600_000 + 59_000, '2 days 3 hr'],
  [(2 * 24 * 60 + 5) * 60_000, '2 days'],
])('%d ms are %s', (milliseconds, said) => expect(spanOf(milliseconds, 'en')).toBe(said))

test.each([
  [-1, '0:00'],
  [9_999, '0:09'],
  [545_000, '9:05'],
  [3_599_000, '59:59'],
  [3_600_000, '1 hr'],
  [93_660_000, '1 day 2 hr'],
])('%d ms are counted down as %s', (milliseconds, said) => expect(countdown(milliseconds, 'en')).toBe(said))

test.each([
  [0, { amount: 0, unit: 'minute' }],
  [90, { amount: 90, unit: 'second' }],
  [5_400, { amount: 90, unit: 'minute' }],
  [172_800, { amount: 2, unit: 'day' }],
])('%d seconds are shown by the largest whole unit', (seconds, shown) => expect(spanIn(seconds)).toEqual(shown))
