import type { Block, Booking, Slot } from '@estate-os/booking'
import { expect, test } from 'vitest'
import { entriesOf, isUntouched, lookOf, type SlotEntry } from './entries'

const slot = (given: Partial<Slot> = {}) =>
  ({ id: 's', start_time: new Date(2), end_time: new Date(3), capacity: 1, places_left: 1, status: 'available', ...given }) as Slot
const visit = (given: Partial<Booking> = {}) => ({ id: 'v', slot_id: 's', status: 'confirmed', ...given }) as Booking

test.each([
  [slot(), [], 'free'],
  [slot({ places_left: 0 }), [], 'held'],
  [slot({ status: 'booked', places_left: 0 }), [visit()], 'booked'],
  [slot({ status: 'booked', places_left: 0 }), [visit({ status: 'pending_approval' })], 'pending'],
  [slot({ capacity: 12, places_left: 11 }), [visit()], 'partly'],
  [slot({ capacity: 2, places_left: 0, status: 'booked' }), [visit(), visit()], 'full'],
  [slot({ status: 'cancelled' }), [], 'cancelled'],
] as const)('what a slot looks like: %#', (one, visits, look) => expect(lookOf(one, visits)).toBe(look))

test('entries are in the order of time, slots with those who come', () => {
  const block = { id: 'b', from: new Date(1), to: new Date(9) } as Block
  const all = entriesOf([slot({ id: 'z', start_time: new Date(5) }), slot()], [visit()], [block])
  expect(all.map(({ id }) => id)).toEqual(['b', 's', 'z'])
  expect((all[1] as SlotEntry).visits).toHaveLength(1)
})

test('only what nobody has anything in is untouched', () => {
  const [free, held] = entriesOf([slot(), slot({ id: 't', places_left: 0 })], [], []) as SlotEntry[]
  expect([isUntouched(free!), isUntouched(held!)]).toEqual([true, false])
})
