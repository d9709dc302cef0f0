import type { AuditedEvent } from '@estate-os/booking'
import { expect, test } from 'vitest'
import { tableOf } from './table'

const event = {
  position: 7,
  id: 'e1',
  type: 'slot.created',
  occurred_at: new Date('2026-12-01T10:00:00Z'),
  actor: { subject: '=cmd|calc', role: 'member', via: null },
  request_id: null,
  from_state: null,
  to_state: 'available',
  property_id: 'p1',
  agent_id: null,
  moved_from: null,
  start_time: null,
  end_time: null,
} as unknown as AuditedEvent

test('each event is a row, and no cell is computed or breaks out of its own', () => {
  const [head, row, end] = tableOf([event], (id) => (id === null ? '' : 'Rua 1, "T2"')).split('\r\n')
  expect(head).toMatch(/^position,occurred_at,type,.*,event_id$/)
  expect(row).toMatch(/^7,2026-12-01T10:00:00.000Z,slot.created,,available,member,,'=cmd\|calc,"Rua 1, ""T2""",,/)
  expect(end).toBe('')
})

test('without events there is a head alone', () => expect(tableOf([], () => '')).toBe('position\r\n'))
