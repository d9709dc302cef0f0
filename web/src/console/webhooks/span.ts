import type { BookingClient, WebhookEndpoint } from '@estate-os/booking'
import { countsOf } from './deliveries'

/** The positions of what happened in a time, and what of it an endpoint hears. */
export interface Span {
  first: number
  last: number
  /** By type; null where there are too many to look at each. */
  counts: [type: string, count: number][] | null
}

const EACH = 1_000 // events that are looked at one by one

/** What a replay of this time would send; null where nothing happened that the endpoint has come to. */
export async function spanOf(
  client: BookingClient,
  { types, position }: Pick<WebhookEndpoint, 'types' | 'position'>,
  from: Date,
  to: Date,
  signal?: AbortSignal,
): Promise<Span | null> {
  const newestBefore = async (time: Date) => (await client.listAudit({ to: time, limit: 1 }, { signal })).data.events[0]?.position ?? 0
  const [before, newest] = await Promise.all([newestBefore(from), newestBefore(to)])
  const [first, last] = [before + 1, Math.min(newest, position)]
  if (last < first) return null
  if (last - first >= EACH) return { first, last, counts: null }
  const heard: string[] = []
  for await (const one of client.each.listAudit({ from, to, limit: 100 }, { signal })) {
    if (one.position >= first && one.position <= last && (types === null || types.includes(one.type))) heard.push(one.type)
  }
  return { first, last, counts: countsOf(heard) }
}
