import { SeenAnswers } from './etags.js'
import { newIdempotencyKey } from './keys.js'
import { NoAnswer } from './problem.js'
import { delayAfter, delayAfterFailure } from './retry.js'

export const TIMEOUT = 15_000 // milliseconds

/** Gives the token of whoever is signed in; `refresh` once the service has refused the one before. */
export type TokenProvider = (asked: { refresh: boolean }) => string | Promise<string>

export interface TransportOptions {
  /** A token, or what gives one; without, requests are sent without. */
  token?: string | TokenProvider
  /** Milliseconds for one attempt, its whole answer included; 15,000 unless said. */
  timeout?: number
  /** How often a request is tried at most; 4 unless said. */
  attempts?: number
  /** Milliseconds to wait at most where `Retry-After` asks for it; what asks for more is thrown. 30,000 unless said. */
  patience?: number
  /** Whether to send `If-None-Match` for what was seen before; yes unless said. */
  conditional?: boolean
  fetch?: typeof fetch
}

export interface CallOptions {
  /** Ends the call, with the signal's reason. */
  signal?: AbortSignal
  timeout?: number
  attempts?: number
  patience?: number
  /** The key of this intent, if it shall outlive this call; null for none. A new one is made for each write unless said. */
  idempotencyKey?: string | null
  /** The ETag that was seen: 412 if it is not the one of now. */
  ifMatch?: string
  /** Of a file that is sent as `body`: `text/csv` unless said, or `text/calendar`. */
  contentType?: string
  /** Taken over by the service, into its log and its events. */
  requestId?: string
}

/** How a stream is opened: once, and with a new token if need be. `timeout` is until it begins. */
export interface StreamOptions extends CallOptions {
  refresh: boolean
}

/** What came of a call, beside the answer. */
export interface Sent {
  response: Response
  idempotencyKey: string | null
  notModified: boolean
}

/** Sends a request until it is answered: with a token, a key that stays the same, and the same bytes. */
export class Transport {
  readonly #options: TransportOptions
  readonly #seen = new SeenAnswers()

  constructor(options: TransportOptions) {
    this.#options = options
  }

  /** Open a stream; the answer is read by who asks, until they abort it. A refusal is whole. */
  async stream(request: Request, call: StreamOptions): Promise<Response> {
    return (await this.#exchange(request, { ...call, attempts: 1 }, null)).response
  }

  async send(request: Request, call: CallOptions): Promise<Sent> {
    const reads = request.method === 'GET'
    const key = reads ? null : call.idempotencyKey === undefined ? newIdempotencyKey() : call.idempotencyKey
    try {
      return { ...(await this.#exchange(request, call, key)), idempotencyKey: key }
    } catch (error) {
      if (error instanceof NoAnswer) error.idempotencyKey = key
      throw error
    }
  }

  async #exchange(request: Request, call: CallOptions & Partial<StreamOptions>, key: string | null): Promise<Omit<Sent, 'idempotencyKey'>> {
    const headers = new Headers(request.headers)
    const body = await bytesOf(request, headers)
    if (key !== null) headers.set('Idempotency-Key', key)
    if (call.contentType !== undefined) headers.set('Content-Type', call.contentType)
    if (call.ifMatch !== undefined) headers.set('If-Match', call.ifMatch)
    if (call.requestId !== undefined) headers.set('X-Request-Id', call.requestId)
    const reads = request.method === 'GET'
    const attempts = call.attempts ?? this.#options.attempts ?? 4
    const streamed = call.refresh !== undefined
    let refreshed = call.refresh ?? false
    for (let number = 1; ; number++) {
      await this.#authorize(headers, refreshed)
      const seenBy = `${headers.get('Authorization')} ${headers.get('Accept')} ${request.url}`
      const seen = reads && this.#options.conditional !== false ? this.#seen.get(seenBy) : undefined
      if (seen) headers.set('If-None-Match', seen.etag)
      else headers.delete('If-None-Match')
      const attempt = { number, repeatable: reads || key !== null, patience: call.patience ?? this.#options.patience ?? 30_000 }
      const answer = await this.#once(request.url, { method: request.method, headers, body, cache: 'no-store' }, call, streamed).catch(
        (error: unknown) => {
          call.signal?.throwIfAborted()
          return new NoAnswer(`no answer from ${request.method} ${new URL(request.url).pathname}: ${reasonOf(error)}`, { cause: error })
        },
      )
      let delay: number | null
      if (answer instanceof NoAnswer) {
        delay = delayAfterFailure(attempt)
        if (delay === null || number >= attempts) throw answer
      } else {
        const { response, text } = answer
        if (text === null) return { response, notModified: false }
        if (response.status === 304 && seen) return { response: again(response, seen), notModified: true }
        if (reads && response.status === 200) this.#seen.keep(seenBy, response, text)
        if (response.status === 401 && !refreshed && typeof this.#options.token === 'function') {
          refreshed = true
          number--
          continue
        }
        delay = delayAfter(response, codeOf(response, text), attempt)
        if (delay === null || number >= attempts) return { response: restored(response, text), notModified: false }
      }
      await pause(delay, call.signal)
    }
  }

  async #authorize(headers: Headers, refresh: boolean): Promise<void> {
    const { token } = this.#options
    if (token === undefined) return
    headers.set('Authorization', `Bearer ${typeof token === 'function' ? await token({ refresh }) : token}`)
  }

  /** One attempt, with its whole answer, within its time; of a stream only its beginning. */
  async #once(url: string, init: RequestInit, call: CallOptions, streamed: boolean): Promise<{ response: Response; text: string | null }> {
    call.signal?.throwIfAborted()
    const over = new AbortController()
    const abort = () => over.abort(call.signal?.reason)
    const timeout = call.timeout ?? this.#options.timeout ?? TIMEOUT
    const timer = setTimeout(() => over.abort(new DOMException(`${timeout} ms are over`, 'TimeoutError')), timeout)
    call.signal?.addEventListener('abort', abort)
    try {
      const response = await (this.#options.fetch ?? fetch)(url, { ...init, signal: over.signal })
      return { response, text: streamed && response.ok ? null : await response.text() }
    } finally {
      clearTimeout(timer)
      if (!streamed) call.signal?.removeEventListener('abort', abort)
    }
  }
}

/** The bytes to send, each time the same. `PUT` and `PATCH` say `{}` where no field is given. */
async function bytesOf(request: Request, headers: Headers): Promise<ArrayBuffer | string | undefined> {
  if (request.method === 'GET') return undefined
  const bytes = await request.arrayBuffer()
  if (bytes.byteLength > 0) return bytes
  if (request.method !== 'PUT' && request.method !== 'PATCH') return undefined
  headers.set('Content-Type', 'application/json')
  return '{}'
}

function codeOf(response: Response, text: string): string | undefined {
  if (response.ok || !response.headers.get('Content-Type')?.includes('json')) return undefined
  try {
    const code: unknown = JSON.parse(text)?.code
    return typeof code === 'string' ? code : undefined
  } catch {
    return undefined
  }
}

function restored(response: Response, text: string): Response {
  const { status, statusText, headers } = response
  return new Response(status === 204 || status === 304 ? null : text, { status, statusText, headers })
}

function again(response: Response, seen: { text: string; type: string }): Response {
  const headers = new Headers(response.headers)
  headers.set('Content-Type', seen.type)
  return new Response(seen.text, { status: 200, headers })
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}

export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', abort, { once: true })
  })
}
