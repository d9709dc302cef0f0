import { NoAnswer, Problem } from '@estate-os/booking'
import { words } from './words'

/** What happened and what now, in words for people. */
export function problemText(error: unknown): string {
  if (error instanceof Problem) return error.detail
  if (error instanceof NoAnswer) return navigator.onLine ? words.noAnswer : `${words.offline} ${words.noAnswer}`
  return words.unexpected
}

/** By which support finds it, where there is something to find. */
export const referenceOf = (error: unknown): string | null => (error instanceof Problem ? error.requestId : null)
