import { expect, test } from 'vitest'
import { queuesOf } from './queues'

test('queues come by their slots, and in each the offer is the first', () => {
  const entry = (id: string, slot_id: string, hour: number, status: string, position: number | null) => ({
    id,
    slot_id,
    start_time: new Date(2026, 11, 1, hour),
    status,
    position,
  })
  const queues = queuesOf([
    entry('skipped', 'late', 12, 'skipped', null),
    entry('second', 'late', 12, 'waiting', 2),
    entry('first', 'late', 12, 'waiting', 1),
    entry('offered', 'late', 12, 'offered', null),
    entry('early', 'early', 9, 'waiting', 1),
  ])
  expect(queues.map((queue) => queue.map(({ id }) => id))).toEqual([['early'], ['offered', 'first', 'second', 'skipped']])
})
