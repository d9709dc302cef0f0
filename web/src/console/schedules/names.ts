import type { BookingClient } from '@estate-os/booking'
import { agentName } from '../../parts/agent-choice'
import { propertyName } from '../../parts/property-choice'
import { words as parts } from '../../parts/words'

export type Names = ReadonlyMap<string, string>

/** What homes and agents are called. */
export async function readNames({ each }: BookingClient, signal?: AbortSignal): Promise<Names> {
  const options = signal && { signal }
  const [homes, agents] = await Promise.all([
    Array.fromAsync(each.listProperties({ limit: 100 }, options)),
    Array.fromAsync(each.listAgents({ limit: 100 }, options)),
  ])
  return new Map([...homes.map((one) => [one.id, propertyName(one)] as const), ...agents.map((one) => [one.id, agentName(one)] as const)])
}

export const nameOf = (names: Names, id: string): string => names.get(id) ?? parts.nameless(id.slice(0, 8))
