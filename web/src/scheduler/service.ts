import { type ClientOf, clientOf } from '@estate-os/booking'
import * as all from '@estate-os/booking/operations'
import { ServerClock } from './clock'

const operations = {
  cancelBooking: all.cancelBooking,
  createBooking: all.createBooking,
  createHold: all.createHold,
  getBooking: all.getBooking,
  getEligibility: all.getEligibility,
  getMe: all.getMe,
  getProperty: all.getProperty,
  getRules: all.getRules,
  getSlot: all.getSlot,
  joinWaitlist: all.joinWaitlist,
  leaveWaitlist: all.leaveWaitlist,
  listAvailability: all.listAvailability,
  listBookings: all.listBookings,
  listEvents: all.listEvents,
  listHolds: all.listHolds,
  listWaitlist: all.listWaitlist,
  releaseHold: all.releaseHold,
  rescheduleBooking: all.rescheduleBooking,
}

export type Client = ClientOf<typeof operations>
/** Gives the token of who is signed in, a new one where the service has refused the last; nothing where nobody is. */
export type GetToken = (asked: { refresh: boolean }) => Promise<string | null | undefined> | string | null | undefined

/** Nobody is signed in: nothing was asked for. */
export class SignInRequired extends Error {}

export interface Service {
  client: Client
  clock: ServerClock
}

export function serviceAt(baseUrl: string, getToken: GetToken): Service {
  const clock = new ServerClock()
  const token = async (asked: { refresh: boolean }) => {
    const given = await getToken(asked)
    if (!given) throw new SignInRequired()
    return given
  }
  const timed = async (...asked: Parameters<typeof fetch>) => {
    const sent = performance.now()
    const response = await fetch(...asked)
    clock.saw(response.headers.get('Date'), sent, performance.now())
    return response
  }
  return { client: clientOf(operations, { baseUrl, token, fetch: timed }), clock }
}

/** Where the service is: as it is said, or else where this script came from, or else the page. */
export function addressOf(said: string, script: string): string {
  const from = URL.canParse(script) ? new URL(script) : undefined
  return said || (from && /^https?:$/.test(from.protocol) ? from.origin : location.origin)
}
