import type { BookingClient, ChangePlan } from '@estate-os/booking'
import { agentName } from './agent-choice'
import type { Names } from './plan-view'
import { propertyName } from './property-choice'

const MOST = 1_000 // applicants among whom those are looked for who have neither a visit nor a place in a queue then

/** What the homes, the agents and the people in a plan are called. */
export async function namesInPlan({ each }: BookingClient, { slots }: ChangePlan): Promise<Names> {
  const names = new Map<string, string>()
  if (slots.length === 0) return names
  for await (const one of each.listProperties({ limit: 100 })) names.set(one.id, propertyName(one))
  for await (const one of each.listAgents({ limit: 100 })) names.set(one.id, agentName(one))

  const claims = slots.flatMap((one) => one.claims)
  const entries = slots.flatMap((one) => one.waitlist)
  const nameless = new Set([...claims, ...entries].map(({ applicant_id }) => applicant_id))
  const name = (id: string, called: string | undefined) => {
    if (called && nameless.delete(id)) names.set(id, called)
  }
  const starts = slots.map(({ was }) => was.start_time.getTime())
  const [from, to] = [new Date(Math.min(...starts)), new Date(Math.max(...starts) + 1)]
  if (claims.length) {
    for await (const one of each.listBookings({ from, to, as: 'agent', limit: 100 })) name(one.applicant_id, one.applicant?.name)
  }
  if (entries.length && nameless.size) {
    for await (const one of each.listWaitlist({ as: 'agent', limit: 100 })) name(one.applicant_id, one.applicant?.name)
  }
  let seen = 0
  if (nameless.size) {
    for await (const one of each.listApplicants({ limit: 100 })) {
      name(one.id, one.name)
      if (nameless.size === 0 || ++seen === MOST) break
    }
  }
  return names
}
