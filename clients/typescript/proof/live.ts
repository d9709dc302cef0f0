// The live page of docs/front-end.md, in the least of a browser: a visit that is booked appears.
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { startInstance } from '@estate-os/booking/testing'

const instance = await startInstance()
const agency = instance.organization()
const { client: agent, token } = await agency.admin()
const { client: ada } = await agency.applicant({ name: 'Ada' })
const property_id = crypto.randomUUID()
const start_time = new Date(Date.now() + 86_400_000)
const { slot } = (await agent.createSlot({ property_id, start_time, end_time: new Date(start_time.getTime() + 1_800_000) })).data

const [, script] = /<script type="module">(.*)<\/script>/s.exec(await readFile('live.html', 'utf8'))!
await writeFile('live-page.js', script!.replace('http://127.0.0.1:8000', instance.baseUrl).replace('ADMIN_TOKEN', token))
const shown: string[] = []
const visits = { prepend: (item: { textContent: string }) => shown.push(item.textContent) }
Object.assign(globalThis, { document: { createElement: () => ({}) }, visits })
void import(new URL('live-page.js', import.meta.url).href)
// The page hears what happens once it has asked where the end is, so there are some visits.
for (let tries = 0; shown.length === 0 && tries < 20; tries++) {
  const { booking } = (await ada.createBooking({ slot_id: slot.id })).data
  await setTimeout(500)
  await ada.cancelBooking({ booking_id: booking.id })
}
assert.match(shown[0]!, /^Ada: booking\.(confirmed|cancelled), /)
await instance.stop()
process.exit() // the page goes on
