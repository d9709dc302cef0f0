import { expect, test } from 'vitest'
import { comesTwice, dateIn, instantIn, localIn, zonesBy } from './zones'

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

test.each([
  ['Europe/Lisbon', '2026-10-25T00:30:00Z', true],
  ['Europe/Lisbon', '2026-10-25T01:30:00Z', true],
  ['Europe/Lisbon', '2026-10-25T02:00:00Z', false],
  ['Europe/Lisbon', '2026-10-24T23:30:00Z', false],
  ['Australia/Lord_Howe', '2027-04-03T14:30:00Z', true], // by half an hour
  ['Australia/Lord_Howe', '2027-04-03T14:00:00Z', false],
  ['Europe/Lisbon', '2026-03-29T01:30:00Z', false],
  ['Asia/Kathmandu', '2026-10-25T01:30:00Z', false],
])('in %s the clock shows what it does at %s twice: %s', (zone, at, twice) => expect(comesTwice(zone, new Date(at))).toBe(twice))

test('zones stand by their part of the world, and the chosen one is among them', () => {
  expect([...zonesBy('Europe/Kyiv', ['Europe/Lisbon', 'Atlantic/Azores', 'Europe/Lisbon'])]).toEqual([
    ['Atlantic', ['Atlantic/Azores']],
    ['Europe', ['Europe/Kyiv', 'Europe/Lisbon']],
    ['UTC', ['UTC']],
  ])
})
