import { expect, test } from 'vitest'
import { ask, isNothing, kindOf, sorted } from './change'

const slot = (fate: string) => ({ slot_id: fate, fate }) as never
const plan = {
  hash: 'a',
  occurrences: [
    { occurrence: '1', kept: null, slot: slot('cancelled') },
    { occurrence: '2', kept: 'booked', slot: slot('stays') },
    { occurrence: '3', kept: null, slot: slot('stays') },
    { occurrence: '4', kept: null, slot: null },
  ],
  made: [{ clashes: [] }, { clashes: [{}] }] as never,
}

test('a plan is sorted into what goes, what is kept, and what is made', () => {
  const { gone, kept, made, notMade } = sorted(plan)
  expect(gone.map(({ slot_id }) => slot_id)).toEqual(['cancelled'])
  expect(kept.map(({ occurrence }) => occurrence)).toEqual(['2'])
  expect([made.length, notMade]).toEqual([2, 1])
})

test('nothing is done of one occurrence that is kept', () => {
  const kept = sorted({ ...plan, occurrences: plan.occurrences.slice(1, 2), made: [] })
  expect(isNothing({ scope: 'this' }, kept)).toBe(true)
  expect(isNothing({ scope: 'all' }, kept)).toBe(false)
  expect(isNothing({ scope: 'this' }, sorted(plan))).toBe(false)
})

test('a change is looked at first, and held to the version and the plan that were seen', async () => {
  const calls: unknown[] = []
  const answer = async (...given: unknown[]) => {
    calls.push(given)
    return { data: {} }
  }
  const client = { patchSchedule: answer, deleteSchedule: answer } as never
  const base = { schedule_id: 'one', etag: '"3"', booked: 'keep' as const }
  await ask(client, { ...base, change: { scope: 'all', terms: { capacity: 2 } } })
  await ask(client, { ...base, change: { scope: 'this', occurrence: 'then' }, booked: 'cancel', reason: 'sold' }, 'a')
  expect(calls).toEqual([
    [{ schedule_id: 'one', scope: 'all', booked: 'keep', capacity: 2, dry_run: true }, { ifMatch: '"3"' }],
    [{ schedule_id: 'one', scope: 'this', occurrence: 'then', booked: 'cancel', reason: 'sold', hash: 'a' }, { ifMatch: '"3"' }],
  ])
  expect([kindOf({ scope: 'all', terms: {} }), kindOf({ scope: 'this' })]).toEqual(['patch_all', 'delete_this'])
})
