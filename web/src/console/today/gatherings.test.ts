import type { Booking } from '@estate-os/booking'
import { expect, test } from 'vitest'
import { came, gatheringsOf, turnOf } from './gatherings'

const visit = (slot_id: string, start: number, outcome: Booking['outcome'] = null) =>
  ({ slot_id, start_time: new Date(start), end_time: new Date(start + 10), outcome }) as Booking

test('who comes to one slot comes together; what goes on and what is next is marked', () => {
  const all = gatheringsOf(
    [visit('past', 0), visit('now', 20, 'attended'), visit('now', 20), visit('next', 30), visit('later', 40)],
    new Date(25),
  )
  expect(all.map(({ id, when, visits }) => [id, when, visits.length])).toEqual([
    ['past', 'other', 1],
    ['now', 'now', 2],
    ['next', 'next', 1],
    ['later', 'other', 1],
  ])
  expect(came(all[1]!)).toBe(1)
})

test('the next turn is when one begins or ends', () => {
  const all = [visit('now', 20), visit('next', 40)]
  expect([25, 35, 45, 60].map((now) => turnOf(all, new Date(now)))).toEqual([5, 5, 5, undefined])
})
