import type { BookingClient, ChangePlan } from '@estate-os/booking'
import { expect, test, vi } from 'vitest'

vi.stubGlobal('navigator', { languages: ['en'] })
vi.stubGlobal('HTMLElement', class {})
vi.stubGlobal('customElements', { define: () => {}, get: () => undefined })
const { namesInPlan } = await import('./plan-names')

async function* page<T>(...all: T[]) {
  yield* all
}

test('everybody in a plan is named, also who only holds a place', async () => {
  const named = (applicant_id: string) => ({ applicant_id, applicant: { name: `The ${applicant_id}` } })
  const asked: unknown[] = []
  const each = {
    listProperties: () => page({ id: 'loft', label: 'Loft' }),
    listAgents: () => page({ id: 'ana', name: 'Ana', email: null }),
    listBookings: (of: unknown) => {
      asked.push(of)
      return page(named('visitor'))
    },
    listWaitlist: () => page(named('waiting')),
    listApplicants: () => page({ id: 'holder', name: 'The holder' }, { id: 'another', name: 'Another' }),
  }
  const start_time = new Date('2027-03-01T09:00Z')
  const hour = { start_time, end_time: new Date('2027-03-01T10:00Z'), agent_id: 'ana' }
  const plan = {
    slots: [
      {
        property_id: 'loft',
        was: hour,
        becomes: hour,
        claims: [{ applicant_id: 'visitor' }, { applicant_id: 'holder' }],
        waitlist: [{ applicant_id: 'waiting' }],
      },
    ],
  }
  const names = await namesInPlan({ each } as unknown as BookingClient, plan as unknown as ChangePlan)
  expect(Object.fromEntries(names)).toEqual({
    loft: 'Loft',
    ana: 'Ana',
    visitor: 'The visitor',
    waiting: 'The waiting',
    holder: 'The holder',
  })
  expect(asked).toEqual([{ from: start_time, to: new Date('2027-03-01T09:00:00.001Z'), as: 'agent', limit: 100 }])
})
