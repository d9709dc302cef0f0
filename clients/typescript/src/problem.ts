import type { Problem as ProblemBody, ProblemCode } from './generated/rest/index.js'

/** Everything that an operation throws, but for an abort by the caller's own signal. */
export class BookingError extends Error {
  /** The key of the request: send it again with the same request while its outcome is in doubt. */
  idempotencyKey: string | null = null

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** No answer came: the network failed, or the time was over, as often as it was tried. */
export class NoAnswer extends BookingError {}

/** A stream has ended because what the caller may hear is not what it was: read anew what you show, and go on from the position. */
export class AccessChanged extends BookingError {}

/** The service refused. There is a class for each code; a code that this release does not know is a plain Problem. */
export class Problem extends BookingError {
  readonly code: ProblemCode
  readonly status: number
  readonly title: string
  readonly detail: string
  /** Show it to people: whoever helps them asks for it. */
  readonly requestId: string | null
  /** Seconds to wait before the next attempt, where the service says so. */
  readonly retryAfter: number | null
  /** The whole document, with fields that this release does not know. */
  readonly body: Partial<ProblemBody> & Record<string, unknown>

  constructor(response: Response, body: Partial<ProblemBody>) {
    super(body.detail ?? body.title ?? `HTTP ${response.status}`)
    this.code = body.code ?? `http_${response.status}`
    this.status = response.status
    this.title = body.title ?? `HTTP ${response.status}`
    this.detail = body.detail ?? this.title
    this.requestId = response.headers.get('X-Request-Id') ?? body.request_id ?? null
    this.retryAfter = secondsOf(response)
    this.body = body as Record<string, unknown>
  }
}

/** `Retry-After` in seconds; a date counts from now. */
export function secondsOf(response: Response): number | null {
  const said = response.headers.get('Retry-After')
  if (said === null || said.trim() === '') return null
  const seconds = Number(said)
  const until = Number.isNaN(seconds) ? (Date.parse(said) - Date.now()) / 1000 : seconds
  return Number.isNaN(until) ? null : Math.max(0, until)
}
