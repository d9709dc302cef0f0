const MOST = 100 // answers
const LARGEST = 262_144 // characters of one

interface Seen {
  etag: string
  text: string
  type: string
}

/** The last answers with an ETag, by what was asked and by whom, so that the service need not say the same again. */
export class SeenAnswers {
  #seen = new Map<string, Seen>()

  get(key: string): Seen | undefined {
    return this.#seen.get(key)
  }

  keep(key: string, response: Response, text: string): void {
    const etag = response.headers.get('ETag')
    this.#seen.delete(key)
    if (etag === null || text.length > LARGEST) return
    this.#seen.set(key, { etag, text, type: response.headers.get('Content-Type') ?? '' })
    if (this.#seen.size > MOST) this.#seen.delete(this.#seen.keys().next().value as string)
  }
}
