import type { Agent, Block, Booking, BookingClient, Slot } from '@estate-os/booking'
import { type Entry, entriesOf } from './entries'

/** What of the agency's slots is asked for. */
export interface Asked {
  from: Date
  to: Date
  /** One agent's alone; of nobody in particular, all that one may see. */
  agent: string
  property: string
  cancelled: boolean
}

const MOST_AGENTS = 12 // whose blocks are read beside each other

/** Read slots, who comes to them, and what the agents have blocked. */
export async function readWeek(client: BookingClient, asked: Asked, agents: readonly string[], signal: AbortSignal): Promise<Entry[]> {
  const { from, to } = asked
  const filter = {
    from,
    to,
    limit: 100,
    ...(asked.agent && { agent_id: asked.agent }),
    ...(asked.property && { property_id: asked.property }),
  }
  const [slots, visits, ...blocks] = await Promise.all([
    Array.fromAsync(
      client.each.listSlots(
        { ...filter, status: asked.cancelled ? ['available', 'booked', 'cancelled'] : ['available', 'booked'] },
        { signal },
      ),
    ) as Promise<Slot[]>,
    Array.fromAsync(client.each.listBookings({ ...filter, status: ['confirmed', 'pending_approval'], as: 'agent' }, { signal })) as Promise<
      Booking[]
    >,
    ...(agents.length > MOST_AGENTS ? [] : agents).map(
      (agent_id) => Array.fromAsync(client.each.listBlocks({ agent_id, from, to, limit: 100 }, { signal })) as Promise<Block[]>,
    ),
  ])
  return entriesOf(slots, visits, blocks.flat())
}

/** Agents whose calendars can be shown: for a member nobody but themselves. */
export async function readAgents(client: BookingClient, signal: AbortSignal): Promise<Agent[]> {
  const all = await Array.fromAsync(client.each.listAgents({ limit: 100 }, { signal }))
  return all.filter(({ status }) => status === 'active')
}
