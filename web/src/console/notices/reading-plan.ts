import type { BookingClient, NoticePlan } from '@estate-os/booking'
import type { Plan } from './plan'

/** What is set, what the agency has, by what the service can tell people, and which version that is. */
export interface Read {
  set: Plan
  agency: NoticePlan
  configured: NoticePlan['channels']
  etag: string
}

/** The notice plan of the agency, or where `home` is given what that home has otherwise. */
export async function readPlan(client: BookingClient, home: string, signal?: AbortSignal): Promise<Read> {
  const { data, etag } = await client.getNoticePlan({}, { signal })
  const agency = { agency: data.notice_plan, configured: data.configured_channels }
  if (!home) return { ...agency, set: data.notice_plan, etag: etag ?? '*' }
  const own = await client.getPropertyNoticePlan({ property_id: home }, { signal })
  return { ...agency, set: own.data.overrides, etag: own.etag ?? '*' }
}

/** Sets it whole, unless somebody has changed it since it was read. */
export async function writePlan(client: BookingClient, home: string, { agency, configured, etag: ifMatch }: Read, to: Plan): Promise<Read> {
  if (!home) {
    const { data, etag } = await client.putNoticePlan(to, { ifMatch })
    return { set: data.notice_plan, agency: data.notice_plan, configured, etag: etag ?? '*' }
  }
  const { data, etag } = await client.putPropertyNoticePlan({ property_id: home, ...to }, { ifMatch })
  return { set: data.overrides, agency, configured, etag: etag ?? '*' }
}
