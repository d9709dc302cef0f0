import { expect, test } from 'vitest'
import { changeOf } from './change'

const texts = {
  states: { confirmed: 'confirmed', pending_approval: 'waits for approval', agent_blocked: 'the agent is blocked' },
  places: (was: string, now: string) => `${was} to ${now} places`,
  version: (number: string) => `version ${number}`,
  became: (was: string, now: string) => `${was} → ${now}`,
}

test.each([
  ['booking.confirmed', null, 'confirmed', ''],
  ['booking.confirmed', 'pending_approval', 'confirmed', ''],
  ['booking.requested', 'held', 'pending_approval', 'held → waits for approval'],
  ['booking.cancelled', 'confirmed', 'cancelled_by_robot', 'confirmed → cancelled_by_robot'],
  ['booking.rescheduled', 'confirmed', 'confirmed', ''],
  ['slot.capacity_changed', '1', '4', '1 to 4 places'],
  ['policy.changed', '1', '2', 'version 2'],
  ['property.changed', null, '1', 'version 1'],
  ['schedule.slot_skipped', null, 'agent_blocked', 'the agent is blocked'],
])('%s from %s to %s: %s', (type, from_state, to_state, said) => expect(changeOf({ type, from_state, to_state }, texts)).toBe(said))
