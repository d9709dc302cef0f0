import { expect, test } from 'vitest'
import { growthOf, neighbour, stepOf } from './keys'

const all = [
  { id: 'a', date: '2026-12-01' },
  { id: 'b', date: '2026-12-01' },
  { id: 'c', date: '2026-12-03' },
  { id: 'd', date: '2026-12-03' },
]

test.each([
  ['a', 'ArrowDown', 'b'],
  ['b', 'ArrowDown', 'c'],
  ['a', 'ArrowUp', undefined],
  ['a', 'ArrowRight', 'c'],
  ['d', 'ArrowLeft', 'a'],
  ['d', 'Home', 'a'],
  ['a', 'End', 'd'],
  ['a', 'x', undefined],
  ['gone', 'ArrowDown', undefined],
])('from %s by %s to %s', (from, key, to) => expect(neighbour(all, from, key)?.id).toBe(to))

test('plus and minus make it longer and shorter by a quarter of an hour', () => {
  expect(['+', '-', 'ArrowUp'].map(growthOf)).toEqual([15, -15, null])
})

test('arrows move by a quarter of an hour and by a day', () => {
  expect(['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'm'].map(stepOf)).toEqual([-15, 15, -1440, 1440, null])
})
