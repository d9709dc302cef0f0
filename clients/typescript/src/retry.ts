import { secondsOf } from './problem.js'

const BASE = 200 // milliseconds
const LONGEST = 5_000 // milliseconds, between two attempts where the service names no time

export interface Attempt {
  /** How many there have been, this one included. */
  number: number
  /** Whether the same request twice is as good as once: it reads, or it has a key. */
  repeatable: boolean
  /** Milliseconds that a caller will wait at most because the service asks for it. */
  patience: number
}

/** Milliseconds until the next attempt after an answer, or null where there shall be none. */
export function delayAfter(response: Response, code: string | undefined, attempt: Attempt): number | null {
  if (!worthRepeating(response.status, code, attempt.repeatable)) return null
  const asked = (secondsOf(response) ?? 0) * 1000
  return asked > attempt.patience ? null : Math.max(asked, backoff(attempt.number))
}

/** Milliseconds until the next attempt after none answered, or null where it must not be repeated. */
export function delayAfterFailure(attempt: Attempt): number | null {
  return attempt.repeatable ? backoff(attempt.number) : null
}

function worthRepeating(status: number, code: string | undefined, repeatable: boolean): boolean {
  switch (status) {
    case 408:
    case 429:
      return true // nothing was undertaken
    case 409:
      return code === 'idempotency_in_progress'
    case 503:
      return code === 'unavailable' || (repeatable && (code === 'outcome_unknown' || code === undefined))
    case 502:
    case 504:
      return repeatable && code === undefined // by something between here and the service, as a failing network
    default:
      return false
  }
}

export function backoff(number: number, base = BASE, longest = LONGEST): number {
  const most = Math.min(longest, base * 2 ** (number - 1))
  return most / 2 + (Math.random() * most) / 2
}
