import { expect, test } from 'vitest'
import { allEntries, changed, entriesOf, NAMES, type RuleName, rebased, type Value, type Values, valueIn } from './rules'

const values = (some: Partial<Values> = {}): Values => ({ ...(Object.fromEntries(NAMES.map((name) => [name, null])) as Values), ...some })

test.each<[RuleName, Value]>([
  ['notice_seconds', 0],
  ['notice_seconds', 7_200],
  ['notice_seconds', null],
  ['horizon_days', 30],
  ['max_live_holds', 0],
  ['approval_levels', []],
  ['approval_levels', ['LOW', 'MEDIUM']],
  ['approval_levels', null],
  ['cancel_when_ineligible', false],
  ['cancel_when_ineligible', null],
])('%s: %j is entered as it is shown', (name, value) => expect(valueIn(name, entriesOf(name, value))).toEqual(value))

test('parts of a unit are whole seconds', () =>
  expect(valueIn('notice_seconds', { notice_seconds: '1.5', 'notice_seconds.unit': 'hour' })).toBe(5_400))

test('levels are in their order', () => expect(entriesOf('approval_levels', ['MEDIUM', 'LOW'])).toEqual({ approval_levels: 'LOW MEDIUM' }))

test('no level differs from what is not set', () => expect(changed(values({ approval_levels: [] }), values())).toEqual(['approval_levels']))

test('what others set meanwhile appears, and takes nothing away from what one is about to set', () => {
  const was = values({ horizon_days: 30, max_party_size: 2 })
  const own = { ...allEntries(was), horizon_days: '60' }
  const now = rebased(was, own, values({ horizon_days: 90, max_party_size: 4 }))
  expect([now.horizon_days, now.max_party_size]).toEqual(['60', '4'])
})
