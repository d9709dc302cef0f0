import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { load } from 'js-yaml'
import { AccessChanged, createBookingClient, type Feed, PositionRetired, Unauthenticated } from '../dist/index.js'
import { cut, json, problem, type Seen, scripted, type Step } from './scripted.ts'

const contract = load(readFileSync(new URL('../../../openapi3.yaml', import.meta.url), 'utf8')) as any
const example = contract.paths['/api/v1/events'].get.responses['200'].content['application/json'].examples.booked.value.events[0]
const begun = 'retry: 10\nid: begun\n\n'

function page(position: string, ...ids: string[]): Step {
  return json(200, { events: ids.map((id) => ({ ...example, id })), position })
}

/** A message with an event of this id, after which the position is `p<id>`. */
function message(id: string): string {
  return `id: p${id}\nevent: ${example.type}\ndata: ${JSON.stringify({ ...example, id })}\n\n`
}

function ended(code: string): string {
  return `event: ${code}\ndata: {"code":"${code}"}\n\n`
}

type End = (response: Parameters<Step>[0]) => void
const close: End = (response) => response.end()
const stay: End = () => {}
const fail: End = (response) => setTimeout(() => response.destroy(), 20)

function stream(text: string, end: End = stay): Step {
  return (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(text)
    end(response)
  }
}

async function heard(feed: Feed, count: number): Promise<string[]> {
  const ids: string[] = []
  for await (const event of feed) if (ids.push(event.id) === count) break
  return ids
}

/** What was asked for, and after which position: `stream p1`, `events p1`. */
function asked(seen: Seen[]): string[] {
  return seen.map(({ url, headers }) => {
    const { pathname, searchParams } = new URL(url, 'http://here')
    return `${pathname.split('/').pop()} ${headers['last-event-id'] ?? searchParams.get('after')}`
  })
}

test('a feed learns where the end is, and hears the rest by a stream', async (t) => {
  const { baseUrl, seen } = await scripted(t, page('p0'), stream(begun + message('a') + message('b')))
  const feed = createBookingClient({ baseUrl, token: 'secret' }).follow({ types: ['booking.confirmed', 'booking.cancelled'] })
  const positions: (string | null)[] = []
  for await (const event of feed) {
    assert.deepEqual(event, { ...event, time: new Date(example.time), type: 'booking.confirmed' })
    assert.deepEqual(event.data.start_time, new Date(example.data.start_time))
    if (positions.push(feed.position) === 2) break
  }
  assert.deepEqual(positions, ['pa', 'pb'])
  assert.deepEqual(seen.map(({ url }) => url), [
    '/api/v1/events?after=end&types=booking.confirmed&types=booking.cancelled&wait=0',
    '/api/v1/stream?types=booking.confirmed&types=booking.cancelled',
  ])
  const { authorization, accept, 'last-event-id': after } = seen[1]!.headers
  assert.deepEqual([authorization, accept, after], ['Bearer secret', 'text/event-stream, application/problem+json;q=0.5', 'p0'])
})

test('the oldest events come in answers, as a stream begins at the end', async (t) => {
  const { baseUrl, seen } = await scripted(t, page('p1', 'a'), stream(begun + message('b')))
  assert.deepEqual(await heard(createBookingClient({ baseUrl }).follow({ after: null }), 2), ['a', 'b'])
  assert.deepEqual(asked(seen), ['events null', 'stream p1'])
})

test('however a stream is cut into pieces, and its lines end, it says the same', async () => {
  const type = example.type
  const whole = JSON.stringify({ ...example, id: 'ä€😀\u2028', source: 'two lines' }).replace(',', ',\n').split('\n').map((line) => `data:${line}\n`)
  const text = `\ufeff: hello\nretry: 7\nretry: soon\nunknown: field\nid\nid: nul\0\n\nid:p1\nevent:${type}\n${whole.join('')}\n:\nid: p2\n\n${message('b')}`
  for (const end of ['\n', '\r', '\r\n']) {
    const bytes = new TextEncoder().encode(text.replaceAll('\n', end))
    const cuts = Array.from({ length: bytes.length }, (_, at) => [bytes.slice(0, at), bytes.slice(at)])
    cuts.push(Array.from(bytes, (byte) => Uint8Array.of(byte)))
    for (const pieces of cuts) {
      const body = new ReadableStream({ start: (to) => pieces.forEach((piece) => to.enqueue(piece)) })
      const fetch = async () => new Response(body, { headers: { 'Content-Type': 'text/event-stream; charset=utf-8' } })
      const feed = createBookingClient({ baseUrl: 'http://here', fetch }).follow({ after: 'p0' })
      assert.deepEqual(await heard(feed, 2), ['ä€😀\u2028', 'b'])
    }
  }
})

test('a stream that breaks in the middle of an event is gone on with after the last whole one', async (t) => {
  const half = message('b').slice(0, -30)
  const script = [stream(begun + message('a') + half, fail), stream(begun + message('b'), fail), stream(begun + message('c'))]
  const { baseUrl, seen } = await scripted(t, ...script)
  assert.deepEqual(await heard(createBookingClient({ baseUrl }).follow({ after: 'p0' }), 3), ['a', 'b', 'c'])
  assert.deepEqual(asked(seen), ['stream p0', 'stream pa', 'stream pb'])
})

test('a heartbeat moves the position, although nothing is heard', async (t) => {
  const { baseUrl, seen } = await scripted(t, stream(`${begun}:\nid: p5\n\n`, close), stream(begun + message('a')))
  await heard(createBookingClient({ baseUrl }).follow({ after: 'p0' }), 1)
  assert.deepEqual(asked(seen), ['stream p0', 'stream p5'])
})

test('a process that ends is left, and another asked after the time that it named', async (t) => {
  const { baseUrl, seen } = await scripted(t, stream(`${begun}${message('a')}retry: 300\n\n`, close), stream(begun + message('b')))
  const began = Date.now()
  assert.deepEqual(await heard(createBookingClient({ baseUrl }).follow({ after: 'p0' }), 2), ['a', 'b'])
  assert.deepEqual(asked(seen), ['stream p0', 'stream pa'])
  assert(Date.now() - began >= 295)
})

test('a stream whose token has ended is gone on with at once, with a new token', async (t) => {
  const over = `retry: 60000\nid: begun\n\n${message('a')}${ended('token_expired')}`
  const { baseUrl, seen } = await scripted(t, stream(over, close), stream(begun + message('b')))
  const client = createBookingClient({ baseUrl, token: ({ refresh }) => (refresh ? 'new' : 'old') })
  assert.deepEqual(await heard(client.follow({ after: 'p0' }), 2), ['a', 'b'])
  assert.deepEqual(asked(seen), ['stream p0', 'stream pa'])
  assert.deepEqual(seen.map(({ headers }) => headers.authorization), ['Bearer old', 'Bearer new'])
})

test('a stream that ends with its token at once is opened again after the time that it named', async (t) => {
  const over = stream(`retry: 300\nid: begun\n\n${ended('token_expired')}`, close)
  const { baseUrl, seen } = await scripted(t, over, over, stream(begun + message('a')))
  const began = Date.now()
  assert.deepEqual(await heard(createBookingClient({ baseUrl, token: () => 'old' }).follow({ after: 'p0' }), 1), ['a'])
  assert.deepEqual(asked(seen), ['stream p0', 'stream begun', 'stream begun'])
  assert(Date.now() - began >= 595)
})

test('a token that is refused is refreshed; a second refusal is thrown', async (t) => {
  const refused = problem(401, 'unauthenticated')
  const { baseUrl, seen } = await scripted(t, refused, stream(begun + message('a'), close), ...Array(4).fill(refused))
  const feed = createBookingClient({ baseUrl, token: ({ refresh }) => (refresh ? 'new' : 'old') }).follow({ after: 'p0' })
  await assert.rejects(heard(feed, 2), Unauthenticated)
  assert.deepEqual(asked(seen), ['stream p0', 'stream p0', 'stream pa', 'stream pa', 'events pa', 'events pa'])
  assert.deepEqual(seen.map(({ headers }) => headers.authorization!.slice(7)), ['old', 'new', 'old', 'new', 'old', 'new'])
})

test('a change of rights is thrown, and the feed goes on from its position', async (t) => {
  const { baseUrl, seen } = await scripted(t, stream(begun + message('a') + ended('access_changed'), close), stream(begun + message('b')))
  const feed = createBookingClient({ baseUrl }).follow({ after: 'p0' })
  await assert.rejects(heard(feed, 2), AccessChanged)
  assert.deepEqual(await heard(feed, 1), ['b'])
  assert.deepEqual(asked(seen), ['stream p0', 'stream pa'])
})

test('a position that is retired is thrown, in the words of the service', async (t) => {
  const retired = [stream(begun + message('a') + ended('position_retired'), close), problem(410, 'position_retired')]
  for (const script of [retired, [problem(410, 'position_retired'), problem(410, 'position_retired')]]) {
    const { baseUrl } = await scripted(t, ...script)
    const feed = createBookingClient({ baseUrl }).follow({ after: 'p0' })
    await assert.rejects(heard(feed, 2), (error) => error instanceof PositionRetired && error.detail === 'A detail.')
  }
})

test('an end and an event that this release does not know are passed over', async (t) => {
  const { baseUrl, seen } = await scripted(t, stream(`${begun}${ended('moved')}`, close), stream(begun + message('a').replaceAll('confirmed', 'blessed')))
  assert.deepEqual(await heard(createBookingClient({ baseUrl }).follow({ after: 'p0' }), 1), ['a'])
  assert.deepEqual(asked(seen), ['stream p0', 'stream begun'])
})

test('where no stream can be had answers are asked for, and later a stream again', async (t) => {
  const wrong: Record<string, Step> = {
    'no room': problem(503, 'unavailable'),
    'too many': problem(429, 'too_many_streams', {}, { 'Retry-After': '1' }),
    'a proxy that says no': (response) => response.writeHead(404).end(),
    'a page of a proxy': (response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>Sign in.'),
    'a failing network': cut,
    'begun, and closed': stream(begun, close),
    'closed at once': stream('', close),
    'begun, and what is no event': stream(`${begun}id: p9\nevent: booking.confirmed\ndata: {"time"\n\n`),
  }
  t.mock.timers.enable({ apis: ['Date'], now: 1 })
  for (const [name, step] of Object.entries(wrong)) {
    const { baseUrl, seen } = await scripted(t, step, page('p1', 'a'), page('p2', 'b'), stream(begun + message('c')))
    const feed = createBookingClient({ baseUrl }).follow({ after: 'p0' })
    assert.deepEqual(await heard(feed, 2), ['a', 'b'], name)
    t.mock.timers.setTime(Date.now() + 5_000)
    assert.deepEqual(await heard(feed, 1), ['c'], name)
    assert.deepEqual(asked(seen), ['stream p0', `events ${name.startsWith('begun') ? 'begun' : 'p0'}`, 'events p1', 'stream p2'], name)
  }
})

test('the more streams could not be had, the later is the next try', async (t) => {
  const tries = 12
  t.mock.timers.enable({ apis: ['Date'], now: 1 })
  const script = Array.from({ length: tries }, (_, index) => [problem(503, 'unavailable'), page(`p${index}`, 'a')]).flat()
  const { baseUrl, seen } = await scripted(t, ...script)
  const feed = createBookingClient({ baseUrl }).follow({ after: 'p' })
  for (let number = 1; number <= tries; number++) {
    await heard(feed, 1)
    assert.equal(seen.length, 2 * number)
    t.mock.timers.setTime(Date.now() + Math.min(600_000, 5_000 * 2 ** (number - 1)))
  }
})

/** A clock to turn, and streams that say `text` and then nothing until they are aborted. */
function silent(t: TestContext, ...texts: (string | null)[]) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  const seen: string[] = []
  const fetch = async (url: any, init: any = {}): Promise<Response> => {
    const after = new Headers(init.headers).get('Last-Event-ID')
    seen.push(after ? `stream ${after}` : 'events')
    if (after === null) return Response.json({ events: [{ ...example, id: 'polled' }], position: 'p9' })
    const text = texts.shift()!
    const aborted = (fail: (reason: unknown) => void) => init.signal.addEventListener('abort', () => fail(init.signal.reason))
    if (text === null) return new Promise((_, reject) => aborted(reject))
    const body = new ReadableStream({
      start(to) {
        if (text) to.enqueue(new TextEncoder().encode(text))
        aborted((reason) => to.error(reason))
      },
    })
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
  }
  const pass = async (milliseconds: number) => {
    for (let turns = 0; turns < 5; turns++) await turn()
    t.mock.timers.tick(milliseconds)
    for (let turns = 0; turns < 5; turns++) await turn()
  }
  return { client: createBookingClient({ baseUrl: 'http://here', fetch }), seen, pass }
}

test('a stream that does not begin within five seconds is kept back by something: answers are asked for', async (t) => {
  for (const text of [null, '']) {
    await t.test(text === null ? 'no headers' : 'headers alone', async (t) => {
      const { client, seen, pass } = silent(t, text)
      const hearing = heard(client.follow({ after: 'p0' }), 1)
      await pass(4_999)
      assert.deepEqual(seen, ['stream p0'])
      await pass(1)
      assert.deepEqual(await hearing, ['polled'])
      assert.deepEqual(seen, ['stream p0', 'events'])
    })
  }
})

test('a silence of more than 40 seconds is a broken connection', async (t) => {
  const { client, seen, pass } = silent(t, begun + message('a'), begun + message('b'))
  const hearing = heard(client.follow({ after: 'p0' }), 2)
  await pass(39_000)
  await pass(999)
  assert.deepEqual(seen, ['stream p0'])
  await pass(1)
  await pass(10)
  assert.deepEqual(await hearing, ['a', 'b'])
  assert.deepEqual(seen, ['stream p0', 'stream pa'])
})

test('a stream that begins and then is silent is none: something may keep back the rest', async (t) => {
  const { client, seen, pass } = silent(t, begun)
  const hearing = heard(client.follow({ after: 'p0' }), 1)
  await pass(40_000)
  await pass(10)
  assert.deepEqual(await hearing, ['polled'])
  assert.deepEqual(seen, ['stream p0', 'events'])
})

test('a loop that is left closes its stream, and a signal ends it with its own reason, also between streams', async (t) => {
  let closed: Promise<unknown> = Promise.resolve()
  const open: Step = (response) => {
    closed = new Promise((resolve) => response.on('close', resolve))
    stream(begun + message('a'))(response)
  }
  const { baseUrl } = await scripted(t, open, open, stream(`retry: 60000\nid: begun\n\n${message('a')}`, close))
  const client = createBookingClient({ baseUrl })
  await heard(client.follow({ after: 'p0' }), 1)
  await closed
  for (const _ of ['in a stream', 'between streams']) {
    const soon = AbortSignal.timeout(100)
    await assert.rejects(heard(client.follow({ after: 'p0', signal: soon }), 2), (error) => error === soon.reason)
    await closed
  }
})
