import { type AgentCalendar, type BookingClient, Problem } from '@estate-os/booking'

/** The calendar that is read for an agent; null where there is none. */
export async function ownCalendar(client: BookingClient, agent_id: string, signal: AbortSignal): Promise<AgentCalendar | null> {
  try {
    return (await client.getAgentCalendar({ agent_id }, { signal })).data.calendar
  } catch (error) {
    if (error instanceof Problem && error.code === 'calendar_not_found') return null
    throw error
  }
}
