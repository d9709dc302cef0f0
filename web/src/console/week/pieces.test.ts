import { expect, test } from 'vitest'
import { piecesOf } from './pieces'

const span = { date: '2026-12-31', from: '10:00', to: '11:45', days: 1, each: 0 }

test('a time is offered as it is, or in pieces of one length', () => {
  expect(piecesOf(span)).toEqual([['2026-12-31T10:00', '2026-12-31T11:45']])
  expect(piecesOf({ ...span, each: 30 }).map(([from]) => from.slice(11))).toEqual(['10:00', '10:30', '11:00'])
})

test('on several days, one after the other', () => {
  expect(piecesOf({ ...span, days: 2 }).map(([from]) => from.slice(0, 10))).toEqual(['2026-12-31', '2027-01-01'])
})

test('until midnight, and nothing that ends before it starts', () => {
  expect(piecesOf({ ...span, from: '23:00', to: '00:00' })).toEqual([['2026-12-31T23:00', '2027-01-01T00:00']])
  expect([piecesOf({ ...span, to: '09:00' }), piecesOf({ ...span, to: '10:00', each: 30 }), piecesOf({ ...span, from: '' })]).toEqual([
    [],
    [],
    [],
  ])
})
