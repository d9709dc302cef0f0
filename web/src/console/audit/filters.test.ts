import { expect, test } from 'vitest'
import { addressOf, type Filters, filtersIn, idPattern, queryOf } from './filters'

const ALL: Filters = { type: '', from: '', to: '', about: '', id: '' }

test('an address names the filters, and keeps who signs in', () => {
  const filters: Filters = { ...ALL, type: 'slot.moved', about: 'booking_id', id: 'b1' }
  const address = new URL(addressOf('http://here/app/audit?as=ana&slot_id=s1', filters))
  expect([...address.searchParams]).toEqual([
    ['as', 'ana'],
    ['type', 'slot.moved'],
    ['booking_id', 'b1'],
  ])
  expect(filtersIn(address.searchParams)).toEqual(filters)
  expect(filtersIn(new URLSearchParams(''))).toEqual(ALL)
})

test('the last day is in it, whole, also where the clocks change', () => {
  const query = queryOf({ ...ALL, from: '2026-10-25', to: '2026-10-25' }, 'Europe/Lisbon')
  expect(query).toEqual({ from: new Date('2026-10-24T23:00:00Z'), to: new Date('2026-10-26T00:00:00Z') })
  expect(queryOf(ALL, 'Europe/Lisbon')).toEqual({})
})

test('what no id can be is not asked for', () => {
  const fits = (about: Parameters<typeof idPattern>[0], id: string) => new RegExp(`^(?:${idPattern(about)})$`, 'v').test(id)
  expect([fits('slot_id', '019a9f31-02d8-7e6c-8b1f-5a9d3c7e4f21'), fits('slot_id', '7')]).toEqual([true, false])
  expect([fits('request_id', 'job:1/2'), fits('request_id', 'a b')]).toEqual([true, false])
})
