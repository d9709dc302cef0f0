import { expect, test } from 'vitest'
import { changed, rebased, said } from './fields'

test('what is empty or blank is not known', () => {
  const { name, email, phone } = said({ name: ' Havel ', email: '', phone: null })
  expect([name, email, phone]).toEqual(['Havel', null, null])
})

test('what others say meanwhile appears, and takes nothing away from what one is about to say', () => {
  const was = said({ name: 'A', email: 'a@example.com' })
  const now = rebased(was, said({ ...was, name: 'B' }), said({ name: 'C', email: 'c@example.com' }))
  expect([now.name, now.email, changed(was, now)]).toEqual(['B', 'c@example.com', ['name', 'email']])
})
