import type { BookingClient } from '@estate-os/booking'
import type { RuleName, Values } from './rules'

/** What is set, what holds by it, what the agency has, and which version that is. */
export interface Read {
  set: Values
  holds: Values
  agency: Values
  etag: string
}

/** The rules of the agency, or where `home` is given what that home overrides. */
export async function readRules(client: BookingClient, home: string, signal?: AbortSignal): Promise<Read> {
  const agency = await client.getPolicy({}, { signal })
  const whole: Values = agency.data.policy
  if (!home) return { set: whole, holds: whole, agency: whole, etag: agency.etag ?? '*' }
  const { data, etag } = await client.getPropertyPolicy({ property_id: home }, { signal })
  return { set: data.overrides, holds: data.policy, agency: whole, etag: etag ?? '*' }
}

/** Sets these rules, unless somebody has changed them since they were read. */
export async function writeRules(client: BookingClient, home: string, read: Read, names: RuleName[], to: Values): Promise<Read> {
  const changes = Object.fromEntries(names.map((name) => [name, to[name]]))
  const call = { ifMatch: read.etag }
  if (!home) {
    const { data, etag } = await client.patchPolicy(changes, call)
    return { set: data.policy, holds: data.policy, agency: data.policy, etag: etag ?? '*' }
  }
  const { data, etag } = await client.patchPropertyPolicy({ property_id: home, ...changes }, call)
  return { set: data.overrides, holds: data.policy, agency: read.agency, etag: etag ?? '*' }
}
