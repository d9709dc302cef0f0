import type { Sent } from './transport.js'

export interface RateLimit {
  /** Of the limit that ends first: `person`, `organization` or `writes`; a newer release may know more. */
  policy: string
  remaining: number
  resetSeconds: number
}

export interface Result<Data> {
  data: Data
  status: number
  /** Send it back as `ifMatch`. */
  etag: string | null
  /** Where what was made is, as a path. */
  location: string | null
  /** Whether this is the first answer to that key, given again. */
  replayed: boolean
  /** Whether nothing has changed since this client last saw it. */
  notModified: boolean
  requestId: string | null
  rateLimit: RateLimit | null
  idempotencyKey: string | null
}

export function resultOf<Data>(data: Data, { response, idempotencyKey, notModified }: Sent): Result<Data> {
  const { headers, status } = response
  return {
    data,
    status,
    etag: headers.get('ETag'),
    location: headers.get('Location'),
    replayed: headers.get('Idempotency-Replayed') === 'true',
    notModified,
    requestId: headers.get('X-Request-Id'),
    rateLimit: rateLimitOf(headers.get('RateLimit')),
    idempotencyKey,
  }
}

/** Reads `"writes";r=599;t=42`. */
function rateLimitOf(header: string | null): RateLimit | null {
  const [, policy, remaining, reset] = header?.match(/^"([^"]*)";r=(\d+);t=(\d+)/) ?? []
  return policy === undefined ? null : { policy, remaining: Number(remaining), resetSeconds: Number(reset) }
}
