import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { load } from 'js-yaml'
import { createBookingClient, type Feed, PositionRetired } from '../dist/index.js'
import { cut, json, problem, scripted, silence, type Step } from './scripted.ts'

const contract = load(readFileSync(new URL('../../../openapi3.yaml', import.meta.url), 'utf8')) as any
const example = contract.paths['/api/v1/events'].get.responses['200'].content['application/json'].examples.booked.value.events[0]
const now = { 'Retry-After': '0' }

/** A page with events of these ids. */
function page(position: string, ...ids: string[]): Step {
  return json(200, { events: ids.map((id) => ({ ...example, id })), position })
}

/** The ids of so many events. */
async function heard(feed: Feed, count: number): Promise<string[]> {
  const ids: string[] = []
  for await (const event of feed) if (ids.push(event.id) === count) break
  return ids
}

function asked(seen: { url: string }[]): string[] {
  return seen.map(({ url }) => url.replace('/api/v1/events?', ''))
}

test('a feed begins with what happens from now on, and goes from position to position', async (t) => {
  const { baseUrl, seen } = await scripted(t, page('p0'), page('p1', 'a', 'b'), page('p2'), page('p3', 'c'))
  assert.deepEqual(await heard(createBookingClient({ baseUrl }).follow({ live: false }), 3), ['a', 'b', 'c'])
  assert.deepEqual(asked(seen), ['after=end&wait=0', 'after=p0&wait=20', 'after=p1&wait=20', 'after=p2&wait=20'])
})

test('it goes on from a position that was kept, or from the oldest event, and hears the types that are named', async (t) => {
  const { baseUrl, seen } = await scripted(t, page('p1', 'a'), page('p1', 'a'))
  const client = createBookingClient({ baseUrl })
  await heard(client.follow({ live: false, after: 'kept', types: ['booking.confirmed', 'booking.cancelled'] }), 1)
  await heard(client.follow({ live: false, after: null }), 1)
  assert.deepEqual(asked(seen), ['after=kept&types=booking.confirmed&types=booking.cancelled&wait=20', 'wait=20'])
})

test('an event has its times as dates', async (t) => {
  const { baseUrl } = await scripted(t, page('p0'), page('p1', 'a'))
  for await (const event of createBookingClient({ baseUrl }).follow({ live: false })) {
    assert.equal(event.type, 'booking.confirmed')
    assert.deepEqual(event.time, new Date(example.time))
    assert.deepEqual(event.data.start_time, new Date(example.data.start_time))
    break
  }
})

test('the position moves with the last event of an answer, and a loop that was left goes on from there', async (t) => {
  const { baseUrl, seen } = await scripted(t, page('p1', 'a', 'b'), page('p1', 'a', 'b'), page('p2', 'c'))
  const feed = createBookingClient({ baseUrl }).follow({ live: false, after: 'p0' })
  assert.equal(feed.position, 'p0')
  await heard(feed, 1)
  assert.equal(feed.position, 'p0')
  await heard(feed, 2)
  assert.equal(feed.position, 'p1')
  assert.deepEqual(await heard(feed, 1), ['c'])
  assert.deepEqual(asked(seen), ['after=p0&wait=20', 'after=p0&wait=20', 'after=p1&wait=20'])
})

test('whatever the network and the service do in between, nothing is missed and nothing comes twice', async (t) => {
  const faults = [
    cut,
    problem(503, 'unavailable', {}, now),
    problem(429, 'rate_limited', {}, { 'Retry-After': '1' }),
    (response) => response.writeHead(502).end(),
  ] satisfies Step[]
  const { baseUrl, seen } = await scripted(t, cut, page('p0'), ...faults, page('p1', 'a'), page('p2', 'b'))
  const began = Date.now()
  const feed = createBookingClient({ baseUrl, attempts: 1, patience: 0 }).follow({ live: false })
  assert.deepEqual(await heard(feed, 2), ['a', 'b'])
  assert.deepEqual(asked(seen), [
    ...Array(2).fill('after=end&wait=0'),
    ...Array(5).fill('after=p0&wait=20'),
    'after=p1&wait=20',
  ])
  assert(Date.now() - began >= 990)
})

test('each time that a token ends it is refreshed', async (t) => {
  const over = problem(401, 'unauthenticated')
  const { baseUrl, seen } = await scripted(t, page('p0'), over, page('p1', 'a'), over, page('p2', 'b'))
  const client = createBookingClient({ baseUrl, token: ({ refresh }) => (refresh ? 'new' : 'old') })
  assert.deepEqual(await heard(client.follow({ live: false }), 2), ['a', 'b'])
  assert.deepEqual(
    seen.map(({ headers }) => headers.authorization!.split(' ')[1]),
    ['old', 'old', 'new', 'old', 'new'],
  )
})

test('a position that is retired is thrown, and stays', async (t) => {
  const { baseUrl, seen } = await scripted(t, problem(410, 'position_retired'))
  const feed = createBookingClient({ baseUrl }).follow({ live: false, after: 'old' })
  await assert.rejects(heard(feed, 1), PositionRetired)
  assert.deepEqual([feed.position, seen.length], ['old', 1])
})

test('an answer has the time that it waits beside that of every answer', async (t) => {
  const late: Step = (response) => setTimeout(() => page('p1', 'a')(response), 600)
  const { baseUrl, seen } = await scripted(t, late)
  assert.deepEqual(await heard(createBookingClient({ baseUrl, timeout: 100 }).follow({ live: false, after: 'p0' }), 1), ['a'])
  assert.equal(seen.length, 1)
})

test('a signal ends a wait, and what is left of an answer, with its own reason', async (t) => {
  const { baseUrl } = await scripted(t, silence, page('p1', 'a', 'b'))
  const client = createBookingClient({ baseUrl })
  const soon = AbortSignal.timeout(100)
  await assert.rejects(heard(client.follow({ live: false, after: 'p0', signal: soon }), 1), (error) => error === soon.reason)
  const left = new AbortController()
  const ids: string[] = []
  const hearing = (async () => {
    for await (const event of client.follow({ live: false, after: 'p0', signal: left.signal })) {
      ids.push(event.id)
      left.abort('left')
    }
  })()
  await assert.rejects(hearing, (error) => error === 'left')
  assert.deepEqual(ids, ['a'])
})
