import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { NotRegistered, SlotInPast } from '../dist/index.js'
import { startContainer, type Testcontainers } from '../dist/testing/container.js'
import { connectInstance, startInstance, type StartedInstance } from '../dist/testing/index.js'
import { bookingInstance, bookingSetup } from '../dist/testing/playwright.js'

let instance: StartedInstance
let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'booking-test-'))
  instance = await startInstance({ logFile: join(folder, 'log') })
})
after(async () => {
  await instance.stop()
  await rm(folder, { recursive: true })
})

test('screenings are taken in however they are wrapped', async () => {
  const agency = instance.organization()
  const people = await Promise.all([agency.applicant({}, 'plain'), agency.applicant({}, 'sns'), agency.applicant({}, 'eventbridge')])
  const { client } = await agency.agent()
  const { data } = await client.listApplicants()
  assert.deepEqual(new Set(data.applicants.map((one) => one.email)), new Set(people.map((one) => one.email)))
})

test('a screening says how a person is reached', async () => {
  const { client } = await instance.organization().applicant({ phone: '+4915112345678', locale: 'de-DE' })
  const { phone, locale } = (await client.getContact()).data.contact
  assert.deepEqual([phone, locale], ['+4915112345678', 'de-DE'])
})

test('organizations of tests do not see each other', async () => {
  const [one, other] = [instance.organization(), instance.organization()]
  await one.applicant()
  assert.deepEqual((await (await other.admin()).client.listApplicants()).data.applicants, [])
})

test('a token is whose it is said to be', async () => {
  const { data } = await (await instance.organization().admin({ name: 'Amy Elm' })).client.getMe()
  assert.deepEqual([data.me.agent?.role, data.me.profile?.name], ['admin', 'Amy Elm'])
  await assert.rejects(instance.client(await instance.token({ email: 'nobody@example.com' })).getMe(), NotRegistered)
})

test('of several who change the rules at once nobody is overwritten', async () => {
  const { client } = await instance.organization().admin()
  const before = (await client.getPolicy()).data.policy.hold_seconds
  await Promise.all(Array.from({ length: 5 }, () => client.updatePolicy((now) => ({ hold_seconds: now.hold_seconds + 1 }))))
  assert.equal((await client.getPolicy()).data.policy.hold_seconds, before + 5)
})

test('what has not changed is not sent again, and what has is', async () => {
  const agency = instance.organization()
  const { client: agent } = await agency.agent()
  const { client: ada } = await agency.applicant()
  const start_time = new Date(Date.now() + 5 * 86_400_000)
  const end_time = new Date(start_time.getTime() + 1_800_000)
  const { slot } = (await agent.createSlot({ property_id: crypto.randomUUID(), start_time, end_time })).data
  const looks = []
  for (let time = 0; time < 2; time++) looks.push(await ada.getSlot({ slot_id: slot.id }))
  await agent.setCapacity({ slot_id: slot.id, capacity: 2 })
  looks.push(await ada.getSlot({ slot_id: slot.id }))
  assert.deepEqual(looks.map((look) => [look.notModified, look.data.slot.capacity]), [[false, 1], [true, 1], [false, 2]])
})

test('the clock goes on, and holds end with it', async () => {
  const agency = instance.organization()
  const { client: agent } = await agency.agent()
  const { client: ada } = await agency.applicant()
  const now = await instance.clock({ advance_seconds: 0 })
  const later = (hours: number) => new Date(now.getTime() + hours * 3_600_000)
  const { slot } = (await agent.createSlot({ property_id: crypto.randomUUID(), start_time: later(2), end_time: later(3) })).data
  await ada.createHold({ slot_id: slot.id })
  await instance.clock({ advance_seconds: 3_600 })
  assert.deepEqual((await ada.listHolds()).data.holds, [])
  assert(later(4) <= (await instance.clock({ now: later(4) })))
  await assert.rejects(agent.createSlot({ property_id: crypto.randomUUID(), start_time: later(2), end_time: later(3) }), SlotInPast)
  await assert.rejects(instance.clock({ now }), { code: 'invalid_request', status: 400 })
})

test('a mail is waited for, and read', async () => {
  const agency = instance.organization()
  const { client: agent } = await agency.agent()
  const { client: ada, email: to } = await agency.applicant()
  const now = await instance.clock({ advance_seconds: 0 })
  const later = (hours: number) => new Date(now.getTime() + hours * 3_600_000)
  const { slot } = (await agent.createSlot({ property_id: crypto.randomUUID(), start_time: later(2), end_time: later(3) })).data
  const { booking } = (await ada.createBooking({ slot_id: slot.id })).data
  await agent.cancelBooking({ booking_id: booking.id })
  const [mail] = await instance.mails({ to, kind: 'cancelled', wait: 20 })
  assert(mail)
  assert.deepEqual([mail.to, mail.kind, mail.html.includes('<html')], [to, 'cancelled', true])
  assert(mail.at < later(2))
  assert.deepEqual(await instance.mails({ to, after: mail.number }), [])
  await assert.rejects(instance.mails({ wait: 21 }), { code: 'invalid_request', status: 400 })
})

test('a reset empties it, and tokens stay', async () => {
  const agency = instance.organization()
  await agency.applicant()
  const { client } = await agency.admin()
  await instance.reset()
  assert.deepEqual((await client.listApplicants()).data.applicants, [])
  assert.equal((await instance.admin.getMe()).data.me.agent?.organization_id, instance.env.ORGANIZATION_ID)
})

test('an instance that others started is found by its file, in either format', async () => {
  const file = join(folder, 'env')
  writeFileSync(file, Object.entries(instance.env).map(([name, value]) => `${name}=${value}\n`).join(''))
  assert.deepEqual((await connectInstance(file)).env, instance.env)
  writeFileSync(file, JSON.stringify(instance.env))
  assert.equal((await (await connectInstance(file)).admin.getMe()).status, 200)
})

test('what does not start says why', async () => {
  await assert.rejects(startInstance({ args: ['--no-such-option'] }), /did not start: it ended with 2:[^]*--no-such-option/)
  await assert.rejects(startInstance({ command: ['/no/such/program'] }), /did not start: .*ENOENT/)
})

test('a Playwright run has an instance from its setup to its teardown', async () => {
  const teardown = await bookingSetup({ demo: true })()
  const found = bookingInstance()
  assert.equal(process.env.BOOKING_BASE_URL, found.baseUrl)
  assert((await found.admin.listSlots()).data.slots.length > 0)
  await teardown()
  await assert.rejects(fetch(found.baseUrl))
  assert.throws(bookingInstance, /no instance runs/)
})

test('a container is started, asked for its file, and screens from inside', async () => {
  const ran: string[][] = []
  const did: unknown[] = []
  class GenericContainer {
    constructor(image: string) {
      did.push(image)
    }
    withExposedPorts = (...ports: number[]) => (did.push(ports), this)
    withWaitStrategy = (strategy: unknown) => (did.push(strategy), this)
    withCommand = (command: string[]) => (did.push(command), this)
    start = async () => ({
      getHost: () => '10.0.0.7',
      getMappedPort: (port: number) => port + 1,
      exec: async (command: string[]) => (ran.push(command), { output: 'BASE_URL=http://localhost:8000\nADMIN_TOKEN=a=b\n', exitCode: 0 }),
      stop: async () => did.push('stopped'),
    })
  }
  const library: Testcontainers = { GenericContainer, Wait: { forHttp: (path, port) => `${path} at ${port}` } }
  const contained = await startContainer(library, { args: ['--no-demo'] })
  assert.deepEqual(contained.env, { BASE_URL: 'http://10.0.0.7:8001', ADMIN_TOKEN: 'a=b' })
  await contained.screen({ organization_id: 'o', email: 'ada@example.com' })
  assert.deepEqual(ran[0], ['cat', '/tmp/instance.env'])
  assert.deepEqual(JSON.parse(ran[1]![3]!).email, 'ada@example.com')
  await contained.stop()
  assert.deepEqual(did, ['booking:dev', [8000], '/health/ready at 8000', ['--no-demo'], 'stopped'])
})
