import { expect, test } from 'vitest'
import { absenceAsked, absencePath } from './address'

test('an absence is asked for by an address', () => {
  const asked = { agent_id: '019a9f2e', from: new Date('2027-03-01T09:00Z'), to: new Date('2027-03-01T12:00Z') }
  expect(absenceAsked(new URL(absencePath(asked), 'http://here').search)).toEqual(asked)
})

test.each(['', '?agent=1', '?agent=1&from=soon&to=late', '?from=2027-03-01T09:00Z&to=2027-03-02T09:00Z'])('%j asks for none', (search) =>
  expect(absenceAsked(search)).toBeNull(),
)
