import { nothing, type ReactiveControllerHost } from 'lit'
import { expect, test, vi } from 'vitest'

vi.stubGlobal('navigator', { languages: ['en'] })
const { Act } = await import('./act')

const host = { addController: () => {}, requestUpdate: () => {} } as unknown as ReactiveControllerHost

test('one thing is done at a time', async () => {
  const acts = new Act(host)
  let finish = () => {}
  const first = acts.do(() => new Promise<void>((resolve) => (finish = resolve)))
  let second = false
  expect(await acts.do(async () => (second = true))).toBe(false)
  expect([acts.busy, second]).toEqual([true, false])
  finish()
  expect(await first).toBe(true)
  expect(acts.busy).toBe(false)
})

test('what is refused is told at the line that it was about, until the next act', async () => {
  const acts = new Act(host)
  expect(await acts.do(() => Promise.reject(new Error('no')), 'one')).toBe(false)
  expect(acts.refusalOf('one')).not.toBe(nothing)
  expect(acts.refusalOf('another')).toBe(nothing)
  await acts.do(async () => {}, 'another')
  expect([acts.refusalOf('one'), acts.refusal]).toEqual([nothing, nothing])
})
