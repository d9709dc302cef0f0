import { expect, test, vi } from 'vitest'
import { ServerClock } from './clock'

vi.useFakeTimers({ toFake: ['performance'] })

const server = (clock: ServerClock) => clock.now().getTime() - performance.now()

test('it is right to half a second by one answer, whatever the clock of the viewer says, and better by more', () => {
  const clock = new ServerClock()
  clock.saw('Tue, 01 Dec 2026 10:00:00 GMT', 1000, 1000)
  expect(Math.abs(server(clock) - (Date.parse('2026-12-01T10:00:00.500Z') - 1000))).toBeLessThan(1)
  clock.saw('Tue, 01 Dec 2026 10:00:00 GMT', 1400, 1400)
  expect(Math.abs(server(clock) - (Date.parse('2026-12-01T10:00:00.300Z') - 1000))).toBeLessThan(1)
})

test('it begins again where answers contradict each other, and does without a date', () => {
  const clock = new ServerClock()
  clock.saw('Tue, 01 Dec 2026 10:00:00 GMT', 0, 0)
  clock.saw('Tue, 01 Dec 2026 11:00:00 GMT', 5, 5)
  clock.saw(null, 9, 9)
  expect(Math.abs(server(clock) - (Date.parse('2026-12-01T11:00:00.500Z') - 5))).toBeLessThan(1)
  expect(clock.secondsTo(new Date(0))).toBe(0)
  expect(clock.secondsTo(new Date(clock.now().getTime() + 90_500))).toBe(90)
})
