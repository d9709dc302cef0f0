import { expect, test, vi } from 'vitest'

vi.stubGlobal('navigator', { languages: ['en'] })
const { enteredOf, spanOf, spanText } = await import('./span')

const zone = 'Europe/Lisbon'
const written = (span: readonly Date[]) => span.map((one) => one.toISOString())

test('the last of whole days belongs to them, also where the clocks are changed', () => {
  const [from, to] = spanOf(zone, { whole: true, from: '2027-03-27', to: '2027-03-28' })
  expect(written([from, to])).toEqual(['2027-03-27T00:00:00.000Z', '2027-03-28T23:00:00.000Z'])
  expect(enteredOf(zone, from, to)).toEqual({ whole: true, from: '2027-03-27', to: '2027-03-28' })
  expect(spanText(zone, from, to)).toBe('Saturday, March 27 – Sunday, March 28')
})

test('hours are local times', () => {
  const entered = { whole: false, from: '2027-07-01T09:00', to: '2027-07-01T12:30' }
  const [from, to] = spanOf(zone, entered)
  expect(written([from, to])).toEqual(['2027-07-01T08:00:00.000Z', '2027-07-01T11:30:00.000Z'])
  expect(enteredOf(zone, from, to)).toEqual(entered)
  expect(spanText(zone, from, to)).toBe('Thu, Jul 1, 09:00 AM – 12:30 PM')
})
