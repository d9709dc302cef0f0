import type { WebhookDelivery } from '@estate-os/booking'
import { expect, test } from 'vitest'
import { type Choice, countsOf, deliveriesOf, standOf } from './deliveries'

const ALL: Choice = { state: '', type: '', from: null, to: null }
const at = (hour: number) => new Date(Date.UTC(2026, 11, 1, hour))
const attempt = (hour: number, event_id: string, failure: string | null, type = 'slot.created') =>
  ({ event_id, type, failure, attempted_at: at(hour), attempt: 1, position: hour }) as WebhookDelivery

async function* attempts() {
  yield attempt(9, 'a', null)
  yield attempt(8, 'b', 'timed_out', 'slot.moved')
  yield attempt(7, 'a', 'not_accepted')
  yield attempt(6, 'c', null)
}
const found = async (chosen: Partial<Choice>, most = 100) => {
  const { deliveries, until } = await deliveriesOf(attempts(), { ...ALL, ...chosen }, most)
  return [deliveries.map(({ newest, attempts }) => `${newest.event_id}${attempts}`).join(' '), until]
}

test('an event has arrived where its newest attempt was accepted', async () => {
  expect(await found({})).toEqual(['a2 b1 c1', null])
  expect(await found({ state: 'failed' })).toEqual(['b1', null])
  expect(await found({ state: 'arrived' })).toEqual(['a2 c1', null])
})

test('types and times choose among them', async () => {
  expect(await found({ type: 'slot.moved' })).toEqual(['b1', null])
  expect(await found({ from: at(8) })).toEqual(['a1 b1', null])
  expect(await found({ to: at(8) })).toEqual(['c1', null])
})

test.each([
  [{}, 'arrived'],
  [{ failure: 'timed_out', attempt: 14 }, 'tried'],
  [{ failure: 'timed_out', attempt: 15 }, 'dead'],
  [{ failure: 'timed_out', position: null }, 'missed'],
])('%j: %s', (is, stand) => expect(standOf({ ...attempt(7, 'a', null), ...is })).toBe(stand))

test('it says how far back it has looked', async () => expect(await found({ state: 'failed' }, 2)).toEqual(['b1', at(8)]))

test('counts have the most first', () =>
  expect(countsOf(['b', 'a', 'c', 'c'])).toEqual([
    ['c', 2],
    ['a', 1],
    ['b', 1],
  ]))
