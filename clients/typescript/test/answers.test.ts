import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as booking from '../dist/index.js'
import { getMe, listAvailability, listHolds } from '../dist/operations.js'
import { hold, json, problem, scripted, type Step } from './scripted.ts'

const { createBookingClient, HoldExpired, InvalidRequest, Problem, SlotTaken } = booking

test('times are dates, and a result has what the headers say', async (t) => {
  const headers = {
    ETag: '"7"',
    Location: '/api/v1/holds/h',
    'Idempotency-Replayed': 'true',
    'X-Request-Id': 'r-1',
    RateLimit: '"writes";r=599;t=42',
  }
  const { baseUrl } = await scripted(t, json(201, { hold }, headers))
  const result = await createBookingClient({ baseUrl }).createHold({ slot_id: 's' }, { idempotencyKey: 'k' })
  assert.deepEqual(result, {
    data: { hold: { id: 'h', slot_id: 's', expires_at: new Date('2031-03-03T08:00:00.123Z') } },
    status: 201,
    etag: '"7"',
    location: '/api/v1/holds/h',
    replayed: true,
    notModified: false,
    requestId: 'r-1',
    rateLimit: { policy: 'writes', remaining: 599, resetSeconds: 42 },
    idempotencyKey: 'k',
  })
})

test('dates are sent as RFC 3339, lists of a parameter repeated, and the options of a call as headers', async (t) => {
  const { baseUrl, seen } = await scripted(t, json(200, { bookings: [], next_cursor: null }), json(200, { policy: {} }))
  const client = createBookingClient({ baseUrl, token: 'a-token' })
  await client.listBookings({ from: new Date('2031-03-03T08:00:00Z'), limit: 5 })
  await client.putPolicy({}, { ifMatch: '"3"', requestId: 'r-2' })
  assert.equal(seen[0]!.url, '/api/v1/bookings?from=2031-03-03T08:00:00.000Z&limit=5')
  assert.equal(seen[0]!.headers.authorization, 'Bearer a-token')
  assert.deepEqual([seen[1]!.headers['if-match'], seen[1]!.headers['x-request-id'], seen[1]!.body], ['"3"', 'r-2', '{}'])
})

test('a table is text, and is asked for as such', async (t) => {
  const text = 'id,name\r\n1,Zoë\r\n'
  const table: Step = (response) => response.writeHead(200, { 'Content-Type': 'text/csv; charset=utf-8; header=present' }).end(text)
  const page = json(200, { slots: [], next_cursor: null }, { ETag: '"a page"' })
  const { baseUrl, seen } = await scripted(t, page, table, table, problem(403, 'wrong_role'))
  const client = createBookingClient({ baseUrl })
  await client.listSlots()
  assert.equal((await client.table('listSlots')).data, text)
  assert.equal((await client.table('listBookings', { time_zone: 'Europe/Warsaw', needs_review: true })).data, text)
  await assert.rejects(client.table('listAgents'), { code: 'wrong_role', status: 403 })
  assert.deepEqual(
    seen.slice(1).map(({ headers }) => headers.accept!.split(',')[0]),
    ['text/csv', 'text/csv', 'text/csv'],
  )
  assert.equal(seen[1]!.headers['if-none-match'], undefined)
  assert.equal(seen[2]!.url, '/api/v1/bookings?time_zone=Europe%2FWarsaw&needs_review=true')
})

test('a file is sent as it is', async (t) => {
  const done = json(200, { results: [{ line: 2, status: 'refused', slot: null, error: null }] })
  const { baseUrl, seen } = await scripted(t, done, done)
  const client = createBookingClient({ baseUrl })
  assert.equal((await client.importSlots({ body: 'start_time\nZoë', dry_run: true, mode: 'each' })).data.results[0]!.line, 2)
  await client.importSlots({ body: 'BEGIN:VCALENDAR' }, { contentType: 'text/calendar' })
  assert.equal(seen[0]!.url, '/api/v1/slots/import?dry_run=true&mode=each')
  assert.deepEqual(
    seen.map(({ headers, body }) => [headers['content-type'], body]),
    [
      ['text/csv', 'start_time\nZoë'],
      ['text/calendar', 'BEGIN:VCALENDAR'],
    ],
  )
  assert.ok(seen.every(({ headers }) => headers['idempotency-key']))
})

test('each code has its class, and its fields', async (t) => {
  const alternative = { id: 'a', property_id: 'p', start_time: '2031-03-03T08:00:00Z', end_time: '2031-03-03T08:30:00Z', places_left: 1 }
  const fault = { pointer: '#/rating', code: 'out_of_range', detail: 'is more than 5', parameter: null }
  const { baseUrl } = await scripted(
    t,
    problem(409, 'slot_taken', { alternatives: [alternative] }),
    problem(400, 'invalid_request', { errors: [fault] }),
    problem(409, 'hold_expired'),
  )
  const client = createBookingClient({ baseUrl })
  const refusals = []
  for (let time = 0; time < 3; time++) refusals.push(await client.createBooking({ slot_id: 's' }).catch((error: unknown) => error))
  const [taken, invalid, expired] = refusals
  assert(taken instanceof SlotTaken && invalid instanceof InvalidRequest && expired instanceof HoldExpired)
  assert.deepEqual(taken.alternatives, [
    { ...alternative, start_time: new Date('2031-03-03T08:00:00Z'), end_time: new Date('2031-03-03T08:30:00Z') },
  ])
  assert.deepEqual(invalid.errors, [fault])
  assert.deepEqual([taken.requestId, invalid.requestId, expired.requestId], ['of-the-answer', 'of-the-answer', 'of-the-answer'])
  assert.deepEqual([expired.name, expired.message, expired.title], ['HoldExpired', 'A detail.', 'A title.'])
})

test('a code and a field of a newer release are a Problem that has them', async (t) => {
  const { baseUrl } = await scripted(t, problem(409, 'moon_is_full', { phase: 1 }), problem(409, 'toString'))
  const client = createBookingClient({ baseUrl })
  const error = await client.createHold({ slot_id: 's' }).catch((error: unknown) => error)
  assert(error instanceof Problem)
  assert.deepEqual([error.constructor, error.code, error.status, error.body.phase], [Problem, 'moon_is_full', 409, 1])
  await assert.rejects(client.createHold({ slot_id: 's' }), { name: 'Problem', code: 'toString' })
})

test('fields and values of a newer release come through', async (t) => {
  const slot = { id: 's', available_actions: ['levitate'], colour: 'red', start_time: '2031-03-03T08:00:00Z', end_time: '2031-03-03T08:00:00Z' }
  const { baseUrl } = await scripted(t, json(200, { slot }))
  const { data } = await createBookingClient({ baseUrl }).getSlot({ slot_id: 's' })
  assert.deepEqual(data.slot.available_actions, ['levitate'])
  assert.equal((data.slot as unknown as { colour: string }).colour, 'red')
})

test('a list is gone through page by page, with the same filters', async (t) => {
  const page = (ids: string[], next_cursor: string | null) => json(200, { holds: ids.map((id) => ({ ...hold, id })), next_cursor })
  const { baseUrl, seen } = await scripted(t, page(['a', 'b'], 'c1'), page([], 'c2'), page(['c'], null))
  const ids = []
  for await (const one of createBookingClient({ baseUrl }).each.listHolds({ limit: 2 })) ids.push(one.id)
  assert.deepEqual(ids, ['a', 'b', 'c'])
  assert.deepEqual(seen.map((request) => request.url.split('?')[1]), ['limit=2', 'limit=2&cursor=c1', 'limit=2&cursor=c2'])
})

test('availability is two methods: slots by cursor, and days', async (t) => {
  const slot = (id: string) => ({ id, start_time: '2031-03-03T08:00:00Z', end_time: '2031-03-03T08:30:00Z' })
  const page = (id: string, next_cursor: string | null) => json(200, { slots: [slot(id)], next_cursor })
  const day = { property_id: 'p', date: '2031-03-03', free: 1, full: 0, held: 0, first_free: '2031-03-03T08:00:00Z', last_free: null }
  const { baseUrl, seen } = await scripted(t, page('a', 'c1'), page('b', null), json(200, { days: [day] }))
  const client = createBookingClient({ baseUrl })
  const ids = []
  for await (const one of client.each.listAvailability({ property_id: ['p', 'q'], include: ['full'] })) ids.push(one.id)
  const { data } = await client.listAvailableDays({ property_id: ['p', 'q'], time_zone: 'Europe/Warsaw' })
  assert.deepEqual(ids, ['a', 'b'])
  assert.deepEqual(data.days, [{ ...day, first_free: new Date('2031-03-03T08:00:00Z') }])
  assert.deepEqual(seen.map((request) => request.url), [
    '/api/v1/availability?property_id=p,q&include=full',
    '/api/v1/availability?property_id=p,q&include=full&cursor=c1',
    '/api/v1/availability?property_id=p,q&time_zone=Europe%2FWarsaw&group=day',
  ])
})

test('rules are changed as they are now, and again where somebody was faster', async (t) => {
  const policy = (hold_seconds: number, etag: string) => json(200, { policy: { hold_seconds } }, { ETag: etag })
  const { baseUrl, seen } = await scripted(t, policy(300, '"1"'), problem(412, 'precondition_failed'), policy(600, '"2"'), policy(601, '"3"'))
  const result = await createBookingClient({ baseUrl }).updatePolicy((now) => ({ hold_seconds: now.hold_seconds + 1 }))
  assert.equal(result.etag, '"3"')
  const writes = seen.filter((request) => request.method === 'PATCH')
  assert.deepEqual(writes.map((request) => [request.headers['if-match'], request.body]), [
    ['"1"', '{"hold_seconds":301}'],
    ['"2"', '{"hold_seconds":601}'],
  ])
  assert.notEqual(writes[0]!.headers['idempotency-key'], writes[1]!.headers['idempotency-key'])
})

test('of a property the overrides are changed, not the rules that come of them', async (t) => {
  const now = json(200, { policy: { hold_seconds: 300 }, overrides: { hold_seconds: null } }, { ETag: '"1"' })
  const { baseUrl, seen } = await scripted(t, now, now)
  await createBookingClient({ baseUrl }).updatePropertyPolicy('p', (own) => ({ hold_seconds: own.hold_seconds === null ? 60 : 0 }))
  assert.deepEqual([seen[1]!.url, seen[1]!.body], ['/api/v1/properties/p/policy', '{"hold_seconds":60}'])
})

test('rules that are well as they are stay, and a refusal is thrown', async (t) => {
  const policy = json(200, { policy: { hold_seconds: 300 } }, { ETag: '"1"' })
  const { baseUrl, seen } = await scripted(t, policy, policy, problem(403, 'wrong_role'))
  const client = createBookingClient({ baseUrl })
  await client.updatePropertyPolicy('p', () => undefined)
  await assert.rejects(client.updatePolicy(() => ({ hold_seconds: 1 })), { code: 'wrong_role' })
  assert.deepEqual(seen.map((request) => `${request.method} ${request.url}`), [
    'GET /api/v1/properties/p/policy',
    'GET /api/v1/policy',
    'PATCH /api/v1/policy',
  ])
})

test('what was seen is asked for by its ETag, by the same caller alone', async (t) => {
  const first = json(200, { policy: { hold_seconds: 300 } }, { ETag: '"1"' })
  const { baseUrl, seen } = await scripted(t, first, (response) => response.writeHead(304, { ETag: '"1"' }).end(), first)
  let token = 'ada'
  const client = createBookingClient({ baseUrl, token: () => token })
  await client.getPolicy()
  const again = await client.getPolicy()
  assert.deepEqual([again.notModified, again.data.policy.hold_seconds, again.etag], [true, 300, '"1"'])
  token = 'grace'
  await client.getPolicy()
  assert.deepEqual(seen.map((request) => request.headers['if-none-match']), [undefined, '"1"', undefined])
})

test('an answer without a body is undefined', async (t) => {
  const { baseUrl } = await scripted(t, (response) => response.writeHead(204).end())
  const result = await createBookingClient({ baseUrl }).cancelBooking({ booking_id: 'b' })
  assert.deepEqual([result.status, result.data], [204, undefined])
})

test('a client of some operations has those, their lists, days of what is free, and the feed', async (t) => {
  const { baseUrl, seen } = await scripted(t, json(200, { holds: [hold], next_cursor: null }), json(200, { days: [] }))
  const client = booking.clientOf({ getMe, listAvailability, listHolds }, { baseUrl, token: 'a-token' })
  assert.deepEqual(Object.keys(client).sort(), ['each', 'follow', 'getMe', 'listAvailability', 'listAvailableDays', 'listHolds'])
  for await (const one of client.each.listHolds()) assert.equal(one.id, 'h')
  assert.deepEqual((await client.listAvailableDays({ property_id: ['p'] })).data.days, [])
  assert.equal(seen[1]!.url, '/api/v1/availability?property_id=p&group=day')
  assert.equal('listAvailableDays' in booking.clientOf({ getMe }), false)
})
