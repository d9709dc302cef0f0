import { AccessChanged, type BookingClient, type CloudEvent } from '@estate-os/booking'
import { signal } from '@lit-labs/signals'
import { pause } from '../pause'

type Listener = { types: readonly string[]; hear: (event: CloudEvent | null) => void }

const AGAIN = 10_000 // milliseconds until a feed that the service refused is asked again
const END = 'end' // of the feed

/** What happens in somebody's view, as it happens: one stream for all screens. */
export class Live {
  readonly #client: BookingClient
  readonly #over: AbortSignal
  readonly #listeners = new Set<Listener>()
  #following = false
  #position: string | null = END

  /** Whether the browser says that it has a network; without one, what is in memory stays readable. */
  readonly online = signal(navigator.onLine)

  constructor(client: BookingClient, over: AbortSignal) {
    this.#client = client
    this.#over = over
    const listen = { signal: over }
    addEventListener('online', () => this.#network(true), listen)
    addEventListener('offline', () => this.#network(false), listen)
  }

  /**
   * Hear of events of these types, such as `booking.` for all of bookings, until the returned function is called; null where
   * some may have been missed, so that all that is shown is to be read anew.
   */
  on(types: readonly string[], hear: Listener['hear']): () => void {
    const listener = { types, hear }
    this.#listeners.add(listener)
    if (!this.#following) void this.#follow()
    return () => this.#listeners.delete(listener)
  }

  /** Takes the place in the feed before anything is read, so that nothing falls between the reading and the stream. */
  async begin(): Promise<void> {
    this.#position = (await this.#client.listEvents({ after: END }, { signal: this.#over })).data.position
  }

  async #follow(): Promise<void> {
    this.#following = true
    while (!this.#over.aborted) {
      const feed = this.#client.follow({ after: this.#position, signal: this.#over })
      try {
        for await (const event of feed) this.#tell(event)
      } catch (error) {
        if (this.#over.aborted) return
        this.#position = feed.position
        if (!(error instanceof AccessChanged)) await this.#recover()
        this.#tell(null)
      }
    }
  }

  /** The service refuses the place in the feed, or whoever asks: after a while, from where the feed ends then. */
  async #recover(): Promise<void> {
    await pause(AGAIN, this.#over).catch(() => {})
    await this.begin().catch(() => {})
  }

  #network(online: boolean): void {
    this.online.set(online)
    if (online) this.#tell(null)
  }

  #tell(event: CloudEvent | null): void {
    for (const { types, hear } of this.#listeners) if (event === null || types.some((type) => event.type.startsWith(type))) hear(event)
  }
}
