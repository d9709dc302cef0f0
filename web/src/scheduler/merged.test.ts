import { expect, test } from 'vitest'
import { merged } from './merged'

test('nothing moves: what is gone stays in its place, and what is new waits', () => {
  const shown = [
    { id: 'a', left: 1 },
    { id: 'b', left: 1 },
  ]
  const next = [
    { id: 'c', left: 1 },
    { id: 'b', left: 0 },
  ]
  expect(merged(shown, next)).toEqual([
    { id: 'a', left: 1, gone: true },
    { id: 'b', left: 0 },
  ])
})
