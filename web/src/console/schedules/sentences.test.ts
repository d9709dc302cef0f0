import { expect, test, vi } from 'vitest'
import { blank, type Rule } from './recurrence'

vi.stubGlobal('navigator', { languages: ['en-GB'] })
const { said } = await import('./sentences')

const rule: Rule = { ...blank('2027-03-06'), days: ['MO', 'WE'], from: '09:00', to: '12:00' }

test('a weekly rule in a sentence', () => {
  expect(said(rule)).toEqual(['Each week on Monday and Wednesday, from 09:00 to 12:00, since Sat, 6 Mar 2027.'])
})

test('single visits of some days, so many times, with what is left out and what comes besides', () => {
  const daily: Rule = { ...rule, frequency: 'DAILY', every: 2, to: '', ends: 'count', count: 5 }
  const without = ['2027-03-08T09:00:00']
  const besides = ['2027-03-09T15:30:00']
  expect(said({ ...daily, days: ['MO'], without, besides })).toEqual([
    'Every 2 days, only on Monday, one visit at 09:00, since Sat, 6 Mar 2027, 5 times.',
    'Not on: Mon, 8 Mar 2027',
    'Besides on: Tue, 9 Mar 2027, 15:30',
  ])
})
