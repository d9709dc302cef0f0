import { expect, test } from 'vitest'
import { Draft, enteredOf } from './draft'

const NAMES = ['name', 'email'] as const

test('what is empty or blank is nothing, and what has no field is left out', () => {
  expect(enteredOf(NAMES, { name: ' Havel ', email: ' ', phone: '1' })).toEqual({ name: 'Havel', email: null })
})

test('what others say meanwhile appears, and takes nothing away from what one is about to say', () => {
  const draft = new Draft<'name' | 'email'>({ name: 'A', email: 'a@example.com' })
  draft.enter('name', 'B')
  draft.take({ name: 'C', email: 'c@example.com' })
  expect([draft.entered, draft.theirs, draft.changed]).toEqual([{ name: 'B', email: 'c@example.com' }, ['name', 'email'], ['name']])
  draft.reset()
  expect([draft.entered.name, draft.theirs, draft.changed]).toEqual(['C', [], []])
})

test('what others say is not news to somebody who enters nothing', () => {
  const draft = new Draft<'name' | 'email'>({ name: 'A', email: null })
  draft.take({ name: 'B', email: null })
  expect([draft.entered.name, draft.theirs]).toEqual(['B', []])
})
