import { AccessChanged, type BookingClient, type CloudEvent } from '@estate-os/booking'
import { expect, test, vi } from 'vitest'
import { Live } from './live'

vi.stubGlobal('navigator', { onLine: true })
vi.stubGlobal('addEventListener', () => {})

const event = (type: string) => ({ type }) as CloudEvent

/** A feed that tells what it is given, and then breaks, or waits without an end. */
function fed(position: string, events: CloudEvent[], error?: Error) {
  return {
    position,
    async *[Symbol.asyncIterator]() {
      yield* events
      if (error) throw error
      await new Promise(() => {})
    },
  }
}

test('what happens after the beginning is heard, and a broken feed goes on where it stopped', async () => {
  const asked: unknown[] = []
  const feeds = [
    fed('7', [event('booking.confirmed'), event('slot.created')], new AccessChanged('changed')),
    fed('8', [event('booking.cancelled_by_agent')]),
  ]
  const client = {
    listEvents: async (given: unknown) => {
      asked.push(given)
      return { data: { position: '5', events: [] } }
    },
    follow: ({ after }: { after: string }) => {
      asked.push(after)
      return feeds.shift()
    },
  } as unknown as BookingClient
  const live = new Live(client, new AbortController().signal)
  await live.begin()
  const heard: (string | null)[] = []
  await new Promise<void>((done) => {
    live.on(['booking.'], (one) => {
      heard.push(one?.type ?? null)
      if (heard.length === 3) done()
    })
  })
  expect(heard).toEqual(['booking.confirmed', null, 'booking.cancelled_by_agent'])
  expect(asked).toEqual([{ after: 'end' }, '5', '7'])
})
