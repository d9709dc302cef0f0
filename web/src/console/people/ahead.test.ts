import type { Slot } from '@estate-os/booking'
import { expect, test } from 'vitest'
import { aheadIn } from './ahead'

const slot = (hour: number, hours: number, places_left: number) =>
  ({
    start_time: new Date(Date.UTC(2026, 11, 2, hour)),
    end_time: new Date(Date.UTC(2026, 11, 2, hour + hours)),
    capacity: 2,
    places_left,
  }) as Slot

test('what is ahead ends with the slot that ends last, and a slot is taken once somebody has a place', () => {
  const slots = [slot(9, 8, 2), slot(10, 1, 1), slot(11, 1, 0)]
  expect(aheadIn(slots, false)).toEqual({ slots: 3, more: false, taken: 2, next: slots[0], until: new Date(Date.UTC(2026, 11, 2, 17)) })
})

test('nothing ahead has no end', () => {
  expect(aheadIn([], false)).toEqual({ slots: 0, more: false, taken: 0, next: null, until: null })
})
