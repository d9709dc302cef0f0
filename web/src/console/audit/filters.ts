import type { BookingClient, EventType } from '@estate-os/booking'
import { instantIn } from '../../parts/zones'

/** What the audit can be asked about one by one, by ids. */
export const ABOUT = ['booking_id', 'slot_id', 'applicant_id', 'request_id', 'subject'] as const
export type About = (typeof ABOUT)[number]

/** Which events are shown: of a type, from the first to the last day, and about one thing. Empty is all. */
export interface Filters {
  type: string
  from: string
  to: string
  about: About | ''
  id: string
}

const UUID = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'

/** What an id of this looks like, as the contract has it; without, anything. */
export const idPattern = (about: About): string =>
  about === 'subject' ? '.{1,255}' : about === 'request_id' ? '[A-Za-z0-9._:\\/+=\\-]{1,128}' : UUID

/** The filters that an address names. */
export function filtersIn(asked: URLSearchParams): Filters {
  const about = ABOUT.find((one) => asked.has(one)) ?? ''
  const of = (name: string) => asked.get(name) ?? ''
  return { type: of('type'), from: of('from'), to: of('to'), about, id: about && of(about) }
}

/** The address that names them; all else of it stays. */
export function addressOf(now: string, { type, from, to, about, id }: Filters): string {
  const address = new URL(now)
  const named: Record<string, string> = { type, from, to, ...(about && { [about]: id }) }
  for (const name of ['type', 'from', 'to', ...ABOUT]) {
    if (named[name]) address.searchParams.set(name, named[name])
    else address.searchParams.delete(name)
  }
  return address.href
}

const DAY = 86_400_000
const dayAfter = (date: string) => new Date(Date.parse(date) + DAY).toISOString().slice(0, 10)

/** What the service is asked for; days are those of the zone. */
export function queryOf({ type, from, to, about, id }: Filters, zone: string): NonNullable<Parameters<BookingClient['listAudit']>[0]> {
  return {
    ...(type && { type: type as EventType }),
    ...(from && { from: instantIn(zone, `${from}T00:00`) }),
    ...(to && { to: instantIn(zone, `${dayAfter(to)}T00:00`) }),
    ...(about && id && { [about]: id }),
  }
}
