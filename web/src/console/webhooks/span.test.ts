import type { AuditedEvent, BookingClient } from '@estate-os/booking'
import { expect, test } from 'vitest'
import { spanOf } from './span'

const at = (hour: number) => new Date(Date.UTC(2026, 11, 1, hour))
const EVENTS = ['slot.created', 'booking.confirmed', 'slot.created', 'slot.moved'].map(
  (type, index) => ({ type, position: index + 1, occurred_at: at(index + 1) }) as AuditedEvent,
)
const before = (to: Date, from = at(0)) => EVENTS.filter(({ occurred_at }) => occurred_at >= from && occurred_at < to).reverse()
const client = {
  listAudit: async ({ to }: { to: Date }) => ({ data: { events: before(to).slice(0, 1) } }),
  each: {
    async *listAudit({ from, to }: { from: Date; to: Date }) {
      yield* before(to, from)
    },
  },
} as unknown as BookingClient

test('what an endpoint hears of a time, by type and position', async () => {
  const all = await spanOf(client, { types: null, position: 9 }, at(2), at(4))
  expect(all).toEqual({
    first: 2,
    last: 3,
    counts: [
      ['booking.confirmed', 1],
      ['slot.created', 1],
    ],
  })
  const some = await spanOf(client, { types: ['slot.created'], position: 9 }, at(1), at(9))
  expect(some).toEqual({ first: 1, last: 4, counts: [['slot.created', 2]] })
})

test('what it has not come to comes by itself, and of an empty time there is nothing', async () => {
  expect(await spanOf(client, { types: null, position: 2 }, at(1), at(9))).toMatchObject({ first: 1, last: 2 })
  expect(await spanOf(client, { types: null, position: 1 }, at(2), at(9))).toBeNull()
  expect(await spanOf(client, { types: null, position: 9 }, at(6), at(9))).toBeNull()
})
