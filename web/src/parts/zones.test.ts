import { expect, test } from 'vitest'
import { dateIn, instantIn, localIn } from './zones'

test.each([
  ['Europe/Lisbon', '2026-07-01T09:00', '2026-07-01T08:00:00.000Z'],
  ['Atlantic/Azores', '2026-12-01T09:00', '2026-12-01T10:00:00.000Z'],
  ['Europe/Lisbon', '2026-10-25T01:30', '2026-10-25T00:30:00.000Z'], // comes twice
  ['Europe/Lisbon', '2026-03-29T01:30', '2026-03-29T01:30:00.000Z'], // left out: an hour on, as the service treats it
  ['America/New_York', '2026-03-08T03:00', '2026-03-08T07:00:00.000Z'],
])('%s at %s is %s', (zone, local, instant) => expect(instantIn(zone, local).toISOString()).toBe(instant))

test('an instant has the date and the time of its zone', () => {
  const late = new Date('2026-12-01T23:30:00Z')
  expect([dateIn('Europe/Berlin', late), dateIn('Atlantic/Azores', late)]).toEqual(['2026-12-02', '2026-12-01'])
  expect(localIn('Europe/Berlin', late)).toBe('2026-12-02T00:30:00')
})
