import { NoAnswer, Problem } from '@estate-os/booking'
import { words } from './words'

/** What happened and what now, in words for people. */
export function problemText(error: unknown): string {
  if (error instanceof Problem) return fieldsOf(error) || error.detail
  if (error instanceof NoAnswer) return navigator.onLine ? words.noAnswer : `${words.offline} ${words.noAnswer}`
  return words.unexpected
}

/** What is wrong with single fields, where the service says so: "url: must be an https URL". */
function fieldsOf({ body }: Problem): string {
  return (body.errors ?? []).map(({ pointer, parameter, detail }) => `${pointer?.split('/').at(-1) ?? parameter}: ${detail}`).join('; ')
}

/** By which support finds it, where there is something to find. */
export const referenceOf = (error: unknown): string | null => (error instanceof Problem ? error.requestId : null)
