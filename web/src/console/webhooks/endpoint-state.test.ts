import { expect, test } from 'vitest'
import { stateOf, stopsAt } from './endpoint-state'

const well = { status: 'enabled' as const, failing_since: null, disabled_at: null, position: 7, head: 7 }
const at = (day: number) => new Date(Date.UTC(2026, 11, day))

test.each([
  [{}, 'well'],
  [{ head: 9 }, 'behind'],
  [{ head: 9, failing_since: at(1) }, 'failing'],
  [{ status: 'disabled' as const, disabled_at: at(2) }, 'off'],
  [{ status: 'disabled' as const, disabled_at: at(2), failing_since: at(1) }, 'off'],
  [{ status: 'disabled' as const, disabled_at: at(6), failing_since: at(1) }, 'stopped'],
])('%j is %s', (is, state) => expect(stateOf({ ...well, ...is })).toBe(state))

test('it is stopped after five days', () => expect(stopsAt(at(1))).toEqual(at(6)))
