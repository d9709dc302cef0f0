import { expect, test } from 'vitest'
import { exampleStart, isQuiet, remindedAt } from './examples'
import { changed, draftOf, type Plan, planOf, rebased, withField } from './plan'

const NIGHT = { from: '21:00', until: '08:00' }
const PLAN: Plan = {
  reminder_offsets_seconds: [7_200, 86_400],
  channels: ['email'],
  quiet_hours: NIGHT,
  release: { before_seconds: 10_800, trust_sent: false },
  may_release: true,
}

test.each<Plan>([PLAN, {}, { release: null }, { reminder_offsets_seconds: [] }, { quiet_hours: null, may_release: false }])(
  'what is entered is what is shown: %j',
  (plan) => expect(changed(plan, planOf(draftOf(plan)))).toEqual([]),
)

test('what a home leaves to the agency differs from none', () => {
  expect(changed({}, { release: null, reminder_offsets_seconds: [] })).toEqual(['reminder_offsets_seconds', 'release'])
  expect(planOf(withField(draftOf({ release: null }), 'release', undefined))).toEqual({})
})

test('the order of channels is no change, and a reminder is there once', () => {
  expect(changed({ channels: ['sms', 'email'] }, { channels: ['email', 'sms'] })).toEqual([])
  const twice = { amount: '24', unit: 'hour' } as const
  expect(planOf({ reminder_offsets_seconds: [twice, { amount: '1', unit: 'day' }] })).toEqual({ reminder_offsets_seconds: [86_400] })
})

test('what others say meanwhile appears, and takes nothing away from what one is about to say', () => {
  const own = withField(draftOf(PLAN), 'channels', ['email', 'sms'])
  const now = rebased(PLAN, own, { ...PLAN, channels: [], quiet_hours: null })
  expect(planOf(now)).toMatchObject({ channels: ['email', 'sms'], quiet_hours: null })
})

test.each([
  [86_400, NIGHT, '2026-12-03T10:00'],
  [7_200, NIGHT, '2026-12-04T08:00'],
  [7_201, NIGHT, '2026-12-03T20:59'],
  [43_200, NIGHT, '2026-12-03T20:59'],
  [43_200, null, '2026-12-03T22:00'],
  [75_600, { from: '12:00', until: '14:00' }, '2026-12-03T11:59'],
])('%d seconds before Friday at ten, quiet %j: %s', (before, quiet, at) =>
  expect(remindedAt(new Date('2026-12-04T10:00Z'), before, quiet).toISOString().slice(0, 16)).toBe(at),
)

test('quiet hours end at their end', () =>
  expect(['20:59', '21:00', '07:59', '08:00'].map((at) => isQuiet(at, NIGHT))).toEqual([false, true, true, false]))

test('the example is a Friday to come', () => {
  const start = exampleStart(new Date('2026-12-04T23:00Z'))
  expect(start.toISOString()).toBe('2026-12-11T10:00:00.000Z')
})
