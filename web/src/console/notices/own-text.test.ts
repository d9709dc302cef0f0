import { expect, test } from 'vitest'
import { bytesOver, changed, rebased, textOf, wrongIn } from './own-text'
import { canBeTurnedOff, messageAt } from './told'

const KNOWN = ['date', 'agent_name']

test.each([
  ['On {date} with {agent_name}.', []],
  ['{data}, {date} and {data}', ['{data}']],
  ['{', ['{']],
  ['{{date}}', ['{', '}']],
  ['{}', ['{}']],
  ['{ date }', ['{ date }']],
  [null, []],
])('%j has wrong braces %j', (text, wrong) => expect(wrongIn(text, KNOWN)).toEqual(wrong))

test('a body is measured in bytes', () => {
  expect(bytesOver('é'.repeat(2048))).toBe(0)
  expect(bytesOver('é'.repeat(2049))).toBe(2)
})

test('what others say meanwhile appears, and takes nothing away from what one is about to say', () => {
  const was = textOf({ body: 'A', subject: 'S' })
  const now = rebased(was, { ...was, body: 'B' }, textOf({ body: 'C', subject: ' ' }))
  expect([now.body, now.subject, changed(was, now)]).toEqual(['B', null, ['subject', 'body']])
})

test('an address names a message that somebody is told of', () => {
  expect(messageAt('confirmed/agent')).toEqual({ kind: 'confirmed', recipient: 'agent' })
  expect([messageAt('confirmed/organization'), messageAt('confirmed'), messageAt('confirmed/nobody')]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

test('reminders can be turned off, changes cannot', () =>
  expect([canBeTurnedOff('reminder'), canBeTurnedOff('moved')]).toEqual([true, false]))
