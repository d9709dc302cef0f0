import { expect, test } from 'vitest'
import { byDeadline, decideEach } from './decisions'

test('a refusal keeps none of the others from being decided', async () => {
  const gone = new Error('gone')
  const { done, refused } = await decideEach(['a', 'b', 'c'], async (id) => {
    if (id === 'b') throw gone
  })
  expect([done, [...refused]]).toEqual([2, [['b', gone]]])
})

test('the first to be decided is the first', () => {
  const at = (hour: number) => new Date(2026, 11, 1, hour)
  const requests = [
    { id: 'late', approval_deadline: at(9), start_time: at(20) },
    { id: 'none', approval_deadline: null, start_time: at(8) },
    { id: 'soon', approval_deadline: at(7), start_time: at(22) },
  ]
  expect(byDeadline(requests).map(({ id }) => id)).toEqual(['soon', 'none', 'late'])
})
