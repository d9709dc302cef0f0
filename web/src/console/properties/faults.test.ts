import { expect, test } from 'vitest'
import { placeOf, typeOf } from './faults'

test('a fault is at a line, an event, or nowhere in the file', () => {
  expect(placeOf('#/lines/12/start_time')).toEqual({ of: 'lines', number: 12, field: 'start_time' })
  expect(placeOf('#/events/3')).toEqual({ of: 'events', number: 3, field: '' })
  expect(placeOf('#/time_zone')).toBeNull()
})

test('a calendar is known by its name or its type; all else is a table', () => {
  const types = [
    typeOf({ name: 'Week.ICS', type: '' }),
    typeOf({ name: 'week', type: 'text/calendar' }),
    typeOf({ name: 'week.txt', type: '' }),
  ]
  expect(types).toEqual(['text/calendar', 'text/calendar', 'text/csv'])
})
