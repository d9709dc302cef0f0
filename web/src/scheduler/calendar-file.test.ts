import type { Booking } from '@estate-os/booking'
import { expect, test } from 'vitest'
import { calendarFile } from './calendar-file'

test('a visit is an event with its time in UTC, its text escaped, and lines of 75 octets at most', () => {
  const visit = {
    id: 'b',
    sequence: 2,
    status: 'confirmed',
    start_time: new Date('2026-12-01T14:30:00Z'),
    end_time: new Date('2026-12-01T15:00:00Z'),
    property: { label: 'Árvores, rés; do chão\nà direita '.repeat(4), area: null, address: 'Rua 7, Lisboa' },
    agent: { name: 'Maria', phone: null },
  } as unknown as Booking
  const file = calendarFile(visit, 'Visit', new Date('2026-11-30T08:00:00.123Z'))
  expect(file).toContain('DTSTART:20261201T143000Z\r\nDTEND:20261201T150000Z')
  expect(file).toContain('DTSTAMP:20261130T080000Z')
  expect(file).toContain('LOCATION:Rua 7\\, Lisboa')
  expect(file.replaceAll('\r\n ', '')).toContain('rés\\; do chão\\nà direita')
  for (const line of file.split('\r\n')) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75)
})
