// The service's calendars, read by a parser that is not the one which wrote them: no zone but those in the file is known.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import ICAL from 'ical.js'

const folder = new URL('../../../tests/unit/calendars/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8')
const expected = JSON.parse(read('expected.json')) as Record<string, { method: string; visits: object[] }>

test('every calendar is expected', () => {
  assert.deepEqual(readdirSync(folder).filter((name) => name.endsWith('.ics')).sort(), Object.keys(expected).sort())
})

for (const [name, { method, visits }] of Object.entries(expected)) {
  test(`${name} says what it should`, () => {
    const calendar = ICAL.Component.fromString(read(name))
    ICAL.TimezoneService.reset()
    for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone)
    const found = calendar.getAllSubcomponents('vevent').map((component) => {
      const event = new ICAL.Event(component)
      assert.ok(event.summary && event.startDate.zone !== ICAL.Timezone.localTimezone)
      return {
        uid: event.uid,
        sequence: event.sequence,
        status: component.getFirstPropertyValue('status'),
        start: instant(event.startDate),
        end: instant(event.endDate),
      }
    })
    assert.deepEqual({ method: calendar.getFirstPropertyValue('method'), visits: found }, { method, visits })
  })
}

test('what people write is one property, whatever it holds', () => {
  const [event] = ICAL.Component.fromString(read('feed.agent.en.ics')).getAllSubcomponents('vevent')
  assert.equal(event?.getAllProperties('attendee').length, 0)
  assert.match(String(event?.getFirstPropertyValue('description')), /Ring twice\., ATTENDEE:mailto:all@example\.org/)
})

test('answers are asked of nobody', () => {
  const event = ICAL.Component.fromString(read('confirmed.applicant.en.ics')).getFirstSubcomponent('vevent')
  const attendee = event?.getFirstProperty('attendee')
  assert.equal(attendee?.getFirstValue(), 'mailto:ana.ribeiro+visits@example.org')
  assert.deepEqual(
    ['cn', 'rsvp', 'partstat'].map((name) => attendee?.getFirstParameter(name)),
    ['Ana Ribeiro', 'FALSE', 'ACCEPTED'],
  )
  assert.equal(event?.getFirstPropertyValue('organizer'), 'mailto:visits@booking.example')
})

function instant(time: ICAL.Time): string {
  return new Date(time.toUnixTime() * 1000).toISOString().replace('.000Z', '+00:00')
}
