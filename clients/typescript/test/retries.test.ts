import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBookingClient, NoAnswer, Problem } from '../dist/index.js'
import { cut, hold, json, problem, scripted, silence, type Step } from './scripted.ts'

const made = json(201, { hold })
const now = { 'Retry-After': '0' }

for (const [name, first] of Object.entries<Step>({
  'a connection that is cut': cut,
  'a 408': problem(408, 'request_timeout'),
  'a 429': problem(429, 'rate_limited', {}, now),
  'a 503 unavailable': problem(503, 'unavailable', {}, now),
  'a 503 outcome_unknown': problem(503, 'outcome_unknown', {}, now),
  'a key that is still in progress': problem(409, 'idempotency_in_progress', {}, now),
  'a gateway in between': (response) => response.writeHead(502, { 'Content-Type': 'text/html' }).end('<h1>Bad Gateway</h1>'),
})) {
  test(`after ${name} the same request is sent again, with the same key and the same bytes`, async (t) => {
    const { baseUrl, seen } = await scripted(t, first, json(201, { booking: {} }))
    const result = await createBookingClient({ baseUrl }).createBooking({ slot_id: 's', notes: 'by bus' })
    assert.equal(result.status, 201)
    assert.equal(seen.length, 2)
    assert.equal(seen[0]!.headers['idempotency-key'], result.idempotencyKey)
    assert.equal(seen[1]!.headers['idempotency-key'], result.idempotencyKey)
    assert.equal(seen[0]!.body, '{"slot_id":"s","notes":"by bus"}')
    assert.equal(seen[1]!.body, seen[0]!.body)
  })
}

for (const [status, code] of [
  [400, 'invalid_request'],
  [403, 'wrong_role'],
  [404, 'slot_not_found'],
  [409, 'slot_taken'],
  [412, 'precondition_failed'],
  [422, 'idempotency_key_reused'],
  [500, 'internal_error'],
] as const) {
  test(`a ${status} ${code} is thrown at once`, async (t) => {
    const { baseUrl, seen } = await scripted(t, problem(status, code))
    await assert.rejects(createBookingClient({ baseUrl }).createBooking({ slot_id: 's' }), { code, status })
    assert.equal(seen.length, 1)
  })
}

test('without a key what may have happened is not repeated, and what has not is', async (t) => {
  const { baseUrl, seen } = await scripted(t, problem(503, 'unavailable', {}, now), problem(503, 'outcome_unknown', {}, now), cut)
  const client = createBookingClient({ baseUrl })
  await assert.rejects(client.createBooking({ slot_id: 's' }, { idempotencyKey: null }), { code: 'outcome_unknown' })
  await assert.rejects(client.createBooking({ slot_id: 's' }, { idempotencyKey: null }), NoAnswer)
  assert.equal(seen.length, 3)
  assert(seen.every((request) => request.headers['idempotency-key'] === undefined))
})

test('after the last attempt the last refusal is thrown, with the key to try again by', async (t) => {
  const { baseUrl, seen } = await scripted(t, ...Array(3).fill(problem(503, 'unavailable', {}, now)))
  const client = createBookingClient({ baseUrl, attempts: 3 })
  await assert.rejects(client.createBooking({ slot_id: 's' }, { idempotencyKey: 'mine' }), { code: 'unavailable', idempotencyKey: 'mine' })
  assert.equal(seen.length, 3)
})

test('no answer at all is a NoAnswer with the key, the cause and the path', async (t) => {
  const { baseUrl } = await scripted(t, cut)
  const client = createBookingClient({ baseUrl, attempts: 1 })
  const error = await client.createHold({ slot_id: 's' }, { idempotencyKey: 'mine' }).catch((error: unknown) => error)
  assert(error instanceof NoAnswer)
  assert.equal(error.idempotencyKey, 'mine')
  assert.match(error.message, /POST \/api\/v1\/slots\/s\/holds: fetch failed \(.+\)$/)
})

test('Retry-After is waited for', async (t) => {
  const { baseUrl } = await scripted(t, problem(429, 'rate_limited', {}, { 'Retry-After': '1' }), made)
  const began = Date.now()
  await createBookingClient({ baseUrl }).createHold({ slot_id: 's' })
  assert(Date.now() - began >= 990)
})

test('a Retry-After beyond the patience is thrown at once', async (t) => {
  const { baseUrl } = await scripted(t, problem(429, 'idempotency_limit', {}, { 'Retry-After': '3600' }))
  await assert.rejects(createBookingClient({ baseUrl }).createHold({ slot_id: 's' }), { code: 'idempotency_limit', retryAfter: 3600 })
})

test('a refused token is refreshed once, with the same key', async (t) => {
  const { baseUrl, seen } = await scripted(t, problem(401, 'unauthenticated'), made)
  const client = createBookingClient({ baseUrl, attempts: 1, token: ({ refresh }) => (refresh ? 'new' : 'old') })
  await client.createHold({ slot_id: 's' })
  assert.deepEqual(seen.map((request) => request.headers.authorization), ['Bearer old', 'Bearer new'])
  assert.equal(seen[0]!.headers['idempotency-key'], seen[1]!.headers['idempotency-key'])
})

test('a refreshed token costs no attempt', async (t) => {
  const { baseUrl, seen } = await scripted(t, problem(401, 'unauthenticated'), problem(503, 'unavailable', {}, now), made)
  await createBookingClient({ baseUrl, attempts: 2, token: () => 'some' }).createHold({ slot_id: 's' })
  assert.equal(seen.length, 3)
})

test('a token that is refused again is thrown, and a fixed one at once', async (t) => {
  const refused = problem(401, 'unauthenticated')
  const { baseUrl, seen } = await scripted(t, refused, refused, refused)
  await assert.rejects(createBookingClient({ baseUrl, token: async () => 'some' }).getMe(), { code: 'unauthenticated' })
  assert.equal(seen.length, 2)
  await assert.rejects(createBookingClient({ baseUrl, token: 'fixed' }).getMe(), { code: 'unauthenticated' })
  assert.equal(seen.length, 3)
})

test('each attempt has its time, the next one begins anew', async (t) => {
  const { baseUrl, seen } = await scripted(t, silence, made)
  await createBookingClient({ baseUrl, timeout: 500 }).createHold({ slot_id: 's' })
  assert.equal(seen.length, 2)
})

test('a signal ends an attempt, and a wait for the next one, with its own reason', async (t) => {
  const { baseUrl } = await scripted(t, silence, problem(429, 'rate_limited', {}, { 'Retry-After': '20' }))
  const client = createBookingClient({ baseUrl })
  const began = Date.now()
  for (let time = 0; time < 2; time++) {
    const signal = AbortSignal.timeout(100)
    await assert.rejects(client.getMe({}, { signal }), (error) => error === signal.reason)
  }
  assert(Date.now() - began < 5_000)
  await assert.rejects(client.getMe({}, { signal: AbortSignal.abort('gone') }), (error) => error === 'gone')
})

test('an answer that is no problem document is a Problem by its status', async (t) => {
  const { baseUrl } = await scripted(t, (response) => response.writeHead(413).end('too much'))
  const error = await createBookingClient({ baseUrl }).createHold({ slot_id: 's' }).catch((error: unknown) => error)
  assert(error instanceof Problem)
  assert.deepEqual([error.code, error.status, error.requestId], ['http_413', 413, null])
})
