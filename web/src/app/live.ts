import { AccessChanged, type BookingClient, type CloudEvent, Problem } from '@estate-os/booking'
import { signal } from '@lit-labs/signals'
import { pause } from '../pause'

type Listener = { types: readonly string[]; hear: (event: CloudEvent | null) => void }

const AGAIN = 5_000 // milliseconds until a feed that the service refused is asked again

/** What happens in somebody's view, as it happens: one stream for all screens. */
export class Live {
  readonly #client: BookingClient
  readonly #over: AbortSignal
  readonly #listeners = new Set<Listener>()
  #following = false

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

  async #follow(): Promise<void> {
    this.#following = true
    while (!this.#over.aborted) {
      try {
        for await (const event of this.#client.follow({ signal: this.#over })) this.#tell(event)
      } catch (error) {
        if (this.#over.aborted) return
        this.#tell(null)
        if (!(error instanceof AccessChanged)) await pause(error instanceof Problem ? AGAIN * 6 : AGAIN, this.#over).catch(() => {})
      }
    }
  }

  #network(online: boolean): void {
    this.online.set(online)
    if (online) this.#tell(null)
  }

  #tell(event: CloudEvent | null): void {
    for (const { types, hear } of this.#listeners) if (event === null || types.some((type) => event.type.startsWith(type))) hear(event)
  }
}
