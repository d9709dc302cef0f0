import type { Appointment, Event } from './generated/events/types.gen.js'
import { anyEvent, type EventTypes, validatorOf } from './generated/events.js'

type Instants = 'occurred_at' | 'start_time' | 'end_time' | 'moved_from'
type Moved = Omit<Appointment, 'start_time' | 'end_time'> & { start_time: Date; end_time: Date }
type Dated<E extends Event> = Omit<E, Instants> & {
  occurred_at: Date
  start_time: Date | null
  end_time: Date | null
  moved_from: Moved | null
}

/** The event of a type, such as `EventOf<'booking.confirmed'>`. */
export type EventOf<Type extends keyof EventTypes> = Dated<EventTypes[Type]> & { type: Type }
/** An event of a type that this release knows; branch on its `type`. */
export type BookingEvent = { [Type in keyof EventTypes]: EventOf<Type> }[keyof EventTypes]

/** What came is no event of `asyncapi.yaml`. */
export class InvalidEvent extends Error {
  override name = 'InvalidEvent'
  /** Where, as a JSON pointer, and which rule of its schema does not hold. */
  readonly faults: { pointer: string; rule: string }[]
  constructor(faults: { pointer: string; rule: string }[]) {
    super(`no event: ${faults.map(({ pointer, rule }) => `${pointer || '/'} (${rule})`).join(', ')}`)
    this.faults = faults
  }
}

type Validator = ((value: unknown) => boolean) & { errors?: { instancePath: string; keyword: string }[] | null }

/**
 * Read an event, from its text or as parsed. Throws InvalidEvent for what the contract does not allow. Returns undefined
 * for an event of a type that is newer than this release: pass over it.
 */
export function readEvent(given: unknown): BookingEvent | undefined {
  const event = typeof given === 'string' ? parsed(given) : given
  hold(anyEvent as Validator, event)
  const { type } = event as Event
  if (!Object.hasOwn(validatorOf, type)) return undefined
  hold(validatorOf[type] as Validator, event)
  return dated(event as Event) as BookingEvent
}

function hold(validator: Validator, value: unknown): void {
  if (!validator(value)) {
    throw new InvalidEvent((validator.errors ?? []).map(({ instancePath, keyword }) => ({ pointer: instancePath, rule: keyword })))
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new InvalidEvent([{ pointer: '', rule: 'json' }])
  }
}

function dated(event: Event): Dated<Event> {
  const from = event.moved_from
  return {
    ...event,
    occurred_at: new Date(event.occurred_at),
    start_time: event.start_time === null ? null : new Date(event.start_time),
    end_time: event.end_time === null ? null : new Date(event.end_time),
    moved_from: from && { ...from, start_time: new Date(from.start_time), end_time: new Date(from.end_time) },
  }
}
