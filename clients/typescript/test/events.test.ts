import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { load } from 'js-yaml'
import { InvalidEvent, readEvent } from '../dist/events.js'

interface Contract {
  channels: { events: { messages: Record<string, { $ref: string }> } }
  components: { messages: Record<string, { name: string; examples: { payload: Record<string, unknown> }[] }> }
}
const contract = load(readFileSync(new URL('../../../asyncapi.yaml', import.meta.url), 'utf8')) as Contract
const messages = Object.values(contract.channels.events.messages).map(({ $ref }) => contract.components.messages[$ref.split('/').pop()!]!)
const confirmed = messages.find((message) => message.name === 'booking.confirmed')!.examples[0]!.payload

test('every example of the contract is read, by its type', () => {
  for (const { name, examples } of messages) {
    for (const { payload } of examples) {
      const event = readEvent(JSON.stringify(payload))
      assert(event, name)
      assert.equal(event.type, name)
      assert.equal(event.occurred_at.getTime(), Date.parse(payload.occurred_at as string))
    }
  }
})

test('times are dates, those of a former slot too', () => {
  const moved = messages.find((message) => message.name === 'booking.rescheduled')!.examples[0]!.payload
  const event = readEvent(moved)
  assert(event?.type === 'booking.rescheduled')
  const { start_time } = moved.moved_from as { start_time: string }
  assert.deepEqual(event.moved_from?.start_time, new Date(start_time))
  assert.deepEqual(event.start_time, new Date(moved.start_time as string))
})

test('a type of a newer release is passed over; a field and a role come through', () => {
  assert.equal(readEvent({ ...confirmed, type: 'moon.full' }), undefined)
  const event = readEvent({ ...confirmed, colour: 'red', actor: { subject: 'x', role: 'robot' } })
  assert.deepEqual(event?.actor, { subject: 'x', role: 'robot' })
  assert.equal((event as unknown as { colour: string }).colour, 'red')
})

test('what the contract does not allow is refused, and says where', () => {
  const refused = (given: unknown, pointer: string, rule: string) =>
    assert.throws(() => readEvent(given), (error) => {
      assert(error instanceof InvalidEvent)
      assert.deepEqual(error.faults[0], { pointer, rule })
      return true
    })
  refused('{', '', 'json')
  refused('null', '', 'type')
  refused({ ...confirmed, id: 'x' }, '/id', 'pattern')
  refused({ ...confirmed, occurred_at: '2031-03-03 08:00' }, '/occurred_at', 'pattern')
  refused({ ...confirmed, to_state: 'declined' }, '/to_state', 'const')
  refused({ ...confirmed, booking_id: null }, '/booking_id', 'type')
  const { actor: _, ...without } = confirmed
  refused(without, '', 'required')
})
