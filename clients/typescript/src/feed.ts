import type { CloudEvent, FeedPage, ListEventsData } from './generated/rest/index.js'
import { listEventsResponseTransformer } from './generated/rest/transformers.gen.js'
import { AccessChanged, Problem } from './problem.js'
import type { Result } from './result.js'
import { backoff } from './retry.js'
import { BEGINNING, messagesOf } from './stream.js'
import { type CallOptions, pause, type StreamOptions } from './transport.js'

const WAIT = 20 // seconds that an answer waits for something to tell, as long as the service allows
const END = 'end'
const UNTIRED = { attempts: Infinity, patience: 3_600_000 }
const RETRY = 2_000 // milliseconds until a stream is opened again, where it did not say
const SOONEST = 5_000 // milliseconds until a stream is tried again that could not be had
const LATEST = 600_000

export interface FollowOptions {
  /**
   * The position to go on from, as a Feed or `listEvents` gave it; null for the oldest event that is kept. Unless said, only
   * what happens from now on is heard.
   */
  after?: string | null
  /** Only events of these types. */
  types?: string[]
  /** Whether to read a stream wherever one can be had; unless it is false. Without, the feed is asked again and again. */
  live?: boolean
  /** Ends the feed, with the signal's reason. */
  signal?: AbortSignal
}

type Read = (parameters: NonNullable<ListEventsData['query']>, call: CallOptions) => Promise<Result<FeedPage>>
type Open = (after: string, types: string[], call: StreamOptions) => Promise<Response>

/** What happens, event by event and each once, until the loop is left, the signal aborts, or the service refuses. */
export class Feed implements AsyncIterable<CloudEvent> {
  readonly #read: Read
  readonly #open: Open
  readonly #options: FollowOptions
  readonly #call: CallOptions
  #position: string | null
  #failures = 0
  #streamAt = 0
  #refresh = false

  /** `timeout`: milliseconds for an answer that need not wait. */
  constructor(read: Read, open: Open, timeout: number, options: FollowOptions) {
    this.#read = read
    this.#open = open
    this.#options = options
    this.#call = { ...UNTIRED, timeout: timeout + WAIT * 1000, signal: options.signal }
    this.#position = options.after === undefined ? END : options.after
  }

  /**
   * Where to go on once the event at hand is done with: keep it, and give it as `after`. It moves with each event of a stream,
   * and with the last one of an answer; after a break before that the events of the answer come again, with the same ids.
   */
  get position(): string | null {
    return this.#position
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<CloudEvent, void, undefined> {
    const { live = true } = this.#options
    for (;;) {
      const after = this.#position
      // Where the end is has to be known first: a failing network would move it while one waits.
      if (live && after !== null && after !== END && Date.now() >= this.#streamAt) yield* this.#streamed(after)
      else yield* this.#polled(after)
    }
  }

  async *#polled(after: string | null): AsyncGenerator<CloudEvent, void, undefined> {
    const { types, signal } = this.#options
    const { data } = await this.#read({ after: after ?? undefined, types, wait: after === END ? 0 : WAIT }, this.#call)
    const { events, position } = data
    for (const [index, event] of events.entries()) {
      signal?.throwIfAborted()
      if (index === events.length - 1) this.#position = position
      yield event
    }
    this.#position = position
  }

  /** One stream, until it ends. Whatever is wrong with it, an answer is asked for next, and says so if it is wrong there, too. */
  async *#streamed(after: string): AsyncGenerator<CloudEvent, void, undefined> {
    const { types = [], signal } = this.#options
    const call = { timeout: BEGINNING, refresh: this.#refresh }
    this.#refresh = false
    let messages = 0
    let retry = RETRY
    let longest = 0
    try {
      for await (const message of messagesOf((over) => this.#open(after, types, { ...call, signal: over }), signal)) {
        retry = message.retry ?? retry
        if (message.event === 'access_changed') throw new AccessChanged('what you may hear has changed: read anew what you show')
        if (message.event === 'token_expired') {
          this.#refresh = true
          if (messages > 1) retry = 0 // one that ended at once would end at once again
        }
        const event = message.event.includes('.') ? await cloudEvent(message.data) : undefined
        signal?.throwIfAborted()
        messages = message.event === 'position_retired' ? 0 : messages + 1
        this.#position = message.id ?? this.#position
        if (event) yield event
      }
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof AccessChanged) throw error
      if (error instanceof Problem) longest = (error.retryAfter ?? 0) * 1000
    }
    // One that told no more than its beginning is none: something on the way may keep the rest back.
    this.#failures = messages > 1 ? 0 : this.#failures + 1
    this.#streamAt = messages > 1 ? 0 : Date.now() + Math.max(longest, backoff(this.#failures, SOONEST, LATEST))
    if (messages > 0) await pause(retry, signal)
  }
}

async function cloudEvent(data: string): Promise<CloudEvent> {
  const page = await listEventsResponseTransformer({ events: [JSON.parse(data)] })
  return page.events[0]!
}
