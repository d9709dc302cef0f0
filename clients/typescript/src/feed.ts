import type { CloudEvent, FeedPage, ListEventsData } from './generated/rest/index.js'
import type { Result } from './result.js'
import type { CallOptions } from './transport.js'

const WAIT = 20 // seconds that an answer waits for something to tell, as long as the service allows
const END = 'end'
const UNTIRED = { attempts: Infinity, patience: 3_600_000 }

export interface FollowOptions {
  /**
   * The position to go on from, as a Feed or `listEvents` gave it; null for the oldest event that is kept. Unless said, only
   * what happens from now on is heard.
   */
  after?: string | null
  /** Only events of these types. */
  types?: string[]
  /** Ends the feed, with the signal's reason. */
  signal?: AbortSignal
}

type Read = (parameters: NonNullable<ListEventsData['query']>, call: CallOptions) => Promise<Result<FeedPage>>

/** What happens, event by event and each once, until the loop is left, the signal aborts, or the service refuses. */
export class Feed implements AsyncIterable<CloudEvent> {
  readonly #read: Read
  readonly #options: FollowOptions
  readonly #call: CallOptions
  #position: string | null

  /** `timeout`: milliseconds for an answer that need not wait. */
  constructor(read: Read, timeout: number, options: FollowOptions) {
    this.#read = read
    this.#options = options
    this.#call = { ...UNTIRED, timeout: timeout + WAIT * 1000, signal: options.signal }
    this.#position = options.after === undefined ? END : options.after
  }

  /**
   * Where to go on once the event at hand is done with: keep it, and give it as `after`. It moves with the last event of an
   * answer; after a break before that the events of the answer come again, with the same ids.
   */
  get position(): string | null {
    return this.#position
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<CloudEvent, void, undefined> {
    const { types, signal } = this.#options
    for (;;) {
      const after = this.#position ?? undefined
      // Where the end is has to be known first: a failing network would move it while one waits.
      const { data } = await this.#read({ after, types, wait: after === END ? 0 : WAIT }, this.#call)
      const { events, position } = data
      for (const [index, event] of events.entries()) {
        signal?.throwIfAborted()
        if (index === events.length - 1) this.#position = position
        yield event
      }
      this.#position = position
    }
  }
}
