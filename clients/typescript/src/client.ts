import { createClient, createConfig } from './generated/rest/client/index.js'
import * as sdk from './generated/rest/sdk.gen.js'
import { Feed, type FollowOptions } from './feed.js'
import type { AvailableDays, Overrides, Policy, Slot, SlotPage } from './generated/rest/index.js'
import type { TableName } from './generated/tables.js'
import { NoAnswer, PreconditionFailed, problemOf } from './problems.js'
import { type Result, resultOf } from './result.js'
import { type CallOptions, type Sent, type StreamOptions, TIMEOUT, Transport, type TransportOptions } from './transport.js'

const AS_TABLE = { headers: { Accept: 'text/csv, application/problem+json;q=0.5' }, parseAs: 'text', responseTransformer: undefined }
const EVENTS = 'text/event-stream'
const CHANGES = 10 // attempts to change what others change too

export interface ClientOptions extends TransportOptions {
  /** Where the service is, such as `https://booking.example.com`; without it, where the page came from. */
  baseUrl?: string
}

type Sdk = typeof sdk
type DataOf<Operation extends (...given: never[]) => unknown> =
  Awaited<ReturnType<Operation>> extends infer Answer
    ? Answer extends { data: infer Data }
      ? Exclude<Data, undefined>
      : never
    : never
/** What an operation is given; one without parameters has the generator's own options at their place. */
type Given<Operation extends (...given: never[]) => unknown> =
  'client' extends keyof NonNullable<Parameters<Operation>[0]> ? Record<string, never> | undefined : Parameters<Operation>[0]
/** A function that needs no parameters where all of them are optional. */
type Taking<Given, Answer> = undefined extends Given
  ? (parameters?: Given, options?: CallOptions) => Answer
  : (parameters: Given, options?: CallOptions) => Answer

type Operations = { [Name in keyof Sdk]: Taking<Given<Sdk[Name]>, Promise<Result<DataOf<Sdk[Name]>>>> }

type ListName = { [Name in keyof Sdk]: DataOf<Sdk[Name]> extends { next_cursor: unknown } ? Name : never }[keyof Sdk]
type ItemOf<Page> = { [Field in keyof Page]-?: Page[Field] extends Array<infer Item> ? Item : never }[keyof Page]
type Lists = { [Name in ListName]: Taking<Given<Sdk[Name]>, AsyncGenerator<ItemOf<DataOf<Sdk[Name]>>, void, undefined>> }

/** What a table is asked for with: all rows come at once, so there is no cursor. */
type TableParameters<Name extends keyof Sdk> = Omit<NonNullable<Given<Sdk[Name]>>, 'cursor' | 'limit' | 'include'>

type UpdateOptions = Omit<CallOptions, 'idempotencyKey' | 'ifMatch'>
/** Gives the changes for a `PATCH`, or undefined where all is well as it is. */
type Change<Whole, Changes> = (now: Whole) => Changes | undefined | Promise<Changes | undefined>
type PolicyChanges = NonNullable<Given<Sdk['patchPolicy']>>
type PropertyPolicyChanges = Omit<NonNullable<Given<Sdk['patchPropertyPolicy']>>, 'property_id'>

/** The one operation that answers in two shapes is two methods. */
type Available = Omit<Given<Sdk['listAvailability']>, 'group'>

export interface BookingClient extends Omit<Operations, 'listAvailability'> {
  /** Every item of a list, page by page: `for await (const slot of client.each.listSlots())`. */
  each: Lists & { listAvailability(parameters: Available, options?: CallOptions): AsyncGenerator<Slot, void, undefined> }
  /** What is free at several properties, slot by slot; with `include`, full and held ones, too. */
  listAvailability(parameters: Available, options?: CallOptions): Promise<Result<SlotPage>>
  /** How much is free at several properties, day by day: a month of several homes in one request. */
  listAvailableDays(
    parameters: Omit<Available, 'include' | 'cursor' | 'limit'>,
    options?: CallOptions,
  ): Promise<Result<AvailableDays>>
  /** What happens, as it happens: `for await (const event of client.follow())`. */
  follow(options?: FollowOptions): Feed
  /** All rows of a list as CSV, for agents: `client.table('listBookings', { time_zone: 'Europe/Warsaw' })`. */
  table<Name extends TableName>(list: Name, parameters?: TableParameters<Name>, options?: CallOptions): Promise<Result<string>>
  /** Change the organization's rules as they are now, and again if somebody was faster. */
  updatePolicy(change: Change<Policy, PolicyChanges>, options?: UpdateOptions): Promise<Result<DataOf<Sdk['getPolicy']>>>
  /** Change what a property overrides as it is now, and again if somebody was faster. */
  updatePropertyPolicy(
    property_id: string,
    change: Change<Overrides, PropertyPolicyChanges>,
    options?: UpdateOptions,
  ): Promise<Result<DataOf<Sdk['getPropertyPolicy']>>>
}

type Loose = (parameters?: object, options?: CallOptions) => Promise<Result<Record<string, unknown>>>
type Generated = (...given: object[]) => Promise<{ data?: unknown; error?: unknown }>
type Called = (operation: Generated, as?: object) => Loose

/** What a client of some operations has; `follow` always. */
export type ClientOf<Named> = Pick<BookingClient, (keyof Named | DaysOf<Named>) & keyof BookingClient> & {
  each: Pick<BookingClient['each'], keyof Named & keyof BookingClient['each']>
  follow: BookingClient['follow']
}
type DaysOf<Named> = 'listAvailability' extends keyof Named ? 'listAvailableDays' : never

/**
 * A client of these operations alone, so that a page's bundle has no others:
 * `clientOf({ getSlot, createBooking }, { token })`, with the operations from `@estate-os/booking/operations`.
 */
export function clientOf<Named extends Partial<Sdk>>(operations: Named, options: ClientOptions = {}): ClientOf<Named> {
  return clientAndCalls(operations, options).client as unknown as ClientOf<Named>
}

/** A client of the booking service. Each operation of the contract is a method; what it refuses is thrown by its code. */
export function createBookingClient(options: ClientOptions = {}): BookingClient {
  const { client, called } = clientAndCalls(sdk, options)
  const operations = client as unknown as Record<string, Loose>
  const table = (name: TableName, parameters?: object, call?: CallOptions) => called(sdk[name] as never, AS_TABLE)(parameters, call)
  const update = async (read: string, write: string, field: string, path: object, change: Change<never, object>, call?: UpdateOptions) => {
    for (let attempt = 1; ; attempt++) {
      const now = await operations[read]!(path, call)
      const changes = await change(now.data[field] as never)
      if (changes === undefined) return now
      try {
        return await operations[write]!({ ...changes, ...path }, { ...call, ifMatch: now.etag ?? '*' })
      } catch (error) {
        if (!(error instanceof PreconditionFailed) || attempt === CHANGES) throw error
      }
    }
  }
  return {
    ...client,
    table,
    updatePolicy: (change: Change<never, object>, call?: UpdateOptions) => update('getPolicy', 'patchPolicy', 'policy', {}, change, call),
    updatePropertyPolicy: (property_id: string, change: Change<never, object>, call?: UpdateOptions) =>
      update('getPropertyPolicy', 'patchPropertyPolicy', 'overrides', { property_id }, change, call),
  } as unknown as BookingClient
}

function clientAndCalls(named: object, options: ClientOptions): { client: object; called: Called } {
  const transport = new Transport(options)
  const baseUrl = options.baseUrl ?? (globalThis as { location?: { origin: string } }).location?.origin ?? ''
  const root = baseUrl.replace(/\/+$/, '')
  const rest = createClient(createConfig({ baseUrl: root }))

  const called: Called = (operation, as = {}) => {
    return async (parameters = {}, call = {}) => {
      let sent: Sent | undefined
      const through = async (request: Request) => (sent = await transport.send(request, call)).response
      const generated = { client: rest, fetch: through, ...as }
      const { data, error } = await (operation.length === 2 ? operation(parameters, generated) : operation(generated))
      if (sent === undefined) throw error
      if (error !== undefined && sent.response.ok) throw error // not the answer that the contract describes
      if (error !== undefined) throw Object.assign(problemOf(sent.response, error), { idempotencyKey: sent.idempotencyKey })
      return resultOf(sent.response.status === 204 ? undefined : data, sent) as Result<Record<string, unknown>>
    }
  }
  const operations = Object.fromEntries(Object.entries(named).map(([name, operation]) => [name, called(operation as never)]))
  const stream = async (after: string, types: string[], call: StreamOptions) => {
    const asked = types.map((type) => `types=${encodeURIComponent(type)}`).join('&')
    const headers = { Accept: `${EVENTS}, application/problem+json;q=0.5`, 'Last-Event-ID': after }
    const response = await transport.stream(new Request(`${root}/api/v1/stream${asked && `?${asked}`}`, { headers }), call)
    if (!response.ok) throw problemOf(response, await response.json().catch(() => null))
    if (!response.headers.get('Content-Type')?.startsWith(EVENTS)) throw new NoAnswer('no stream, but something else')
    return response
  }
  const each = Object.fromEntries(Object.entries(operations).map(([name, list]) => [name, iterated(list)]))
  const days = (parameters: object, call?: CallOptions) => operations.listAvailability!({ ...parameters, group: 'day' }, call)
  const listEvents = called(sdk.listEvents as never)
  const follow = (following: FollowOptions = {}) => new Feed(listEvents as never, stream, options.timeout ?? TIMEOUT, following)
  const client = { ...operations, each, follow, ...(operations.listAvailability ? { listAvailableDays: days } : {}) }
  return { client, called }
}

/** The items of a list, page by page. */
function iterated(list: Loose) {
  return async function* (parameters: object = {}, call?: CallOptions) {
    for (let cursor: unknown; cursor !== null; ) {
      const { data } = await list({ ...parameters, ...(cursor === undefined ? {} : { cursor }) }, call)
      yield* Object.values(data).find(Array.isArray) as unknown[]
      cursor = data.next_cursor ?? null
    }
  }
}
