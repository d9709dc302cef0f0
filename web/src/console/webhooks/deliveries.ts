import type { WebhookDelivery } from '@estate-os/booking'

/** An event on its way to an endpoint: its newest attempt, and how many were found. */
export interface Delivery {
  newest: WebhookDelivery
  attempts: number
}

/** Where an event is: it has arrived, is tried again, is not tried any more, or was a test, which is tried once. */
export type Stand = 'arrived' | 'tried' | 'dead' | 'missed'

const TRIES = 15 // attempts until an event is not tried any more, as the contract says

/** Where an event is by its newest attempt. */
export function standOf({ failure, attempt, position }: Pick<WebhookDelivery, 'failure' | 'attempt' | 'position'>): Stand {
  if (failure === null) return 'arrived'
  if (position === null) return 'missed'
  return attempt >= TRIES ? 'dead' : 'tried'
}

export interface Choice {
  state: '' | 'failed' | 'dead' | 'arrived'
  type: string
  from: Date | null
  to: Date | null
}

export interface Found {
  deliveries: Delivery[]
  /** Up to where it was looked back; null where nothing is left to look at. */
  until: Date | null
}

/**
 * Events with their attempts, the newest first: as many as are chosen among the attempts that are read. Why by event: only its
 * newest attempt says whether it has arrived. At most `most` attempts are read.
 */
export async function deliveriesOf(attempts: AsyncIterable<WebhookDelivery>, chosen: Choice, most: number): Promise<Found> {
  const all = new Map<string, Delivery>()
  let until: Date | null = null
  let read = 0
  for await (const one of attempts) {
    if (chosen.from && one.attempted_at < chosen.from) break
    const known = all.get(one.event_id)
    if (known) known.attempts++
    else all.set(one.event_id, { newest: one, attempts: 1 })
    if (++read === most) {
      until = one.attempted_at
      break
    }
  }
  return { deliveries: [...all.values()].filter(({ newest }) => fits(newest, chosen)), until }
}

function fits(newest: WebhookDelivery, chosen: Choice): boolean {
  const { type, attempted_at } = newest
  if (chosen.type && chosen.type !== type) return false
  if (chosen.to && attempted_at >= chosen.to) return false
  const stand = standOf(newest)
  return chosen.state === '' || chosen.state === stand || (chosen.state === 'failed' && stand !== 'arrived')
}

/** How many of each type, the most first. */
export function countsOf(types: Iterable<string>): [type: string, count: number][] {
  const counts = new Map<string, number>()
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1)
  return [...counts].sort(([one, many], [other, more]) => more - many || one.localeCompare(other))
}
