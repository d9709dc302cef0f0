import { Problem } from '@estate-os/booking'
import { expect, test, vi } from 'vitest'

vi.stubGlobal('navigator', { languages: ['en'], onLine: true })
const { problemText } = await import('./problem-text')

const refused = (more: object) => new Problem(new Response(null, { status: 400 }), { detail: 'Some fields are wrong.', ...more })

test('a refusal names the fields that are wrong, where there are any', () => {
  expect(problemText(refused({}))).toBe('Some fields are wrong.')
  const errors = [
    { pointer: '#/url', parameter: null, code: 'wrong_format', detail: 'must be an https URL' },
    { pointer: null, parameter: 'from', code: 'missing', detail: 'is missing' },
  ]
  expect(problemText(refused({ errors }))).toBe('url: must be an https URL; from: is missing')
})
