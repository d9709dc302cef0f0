import { NoAnswer, Problem } from '@estate-os/booking'
import { html, nothing } from 'lit'
import type { Agenda } from './agenda'
import { countdown, type Dates } from './dates'
import type { Tasks } from './tasks'
import type { Words } from './words/en'

/** What each part of the scheduler is shown by. */
export interface View {
  agenda: Agenda
  tasks: Tasks
  words: Words
  dates: Dates
  images: boolean
}

/** A refusal by its code in the words of the viewer, or else as the service says it. */
export function said({ words }: View, code: string | null | undefined, detail: string | null | undefined): string {
  return (code && words.refusals[code]) || detail || words.unexpected
}

export function problem(view: View, error: unknown) {
  if (!error) return nothing
  const { words } = view
  const text =
    error instanceof Problem ? said(view, error.code, error.detail) : error instanceof NoAnswer ? words.noAnswer : words.unexpected
  const reference = error instanceof Problem && !words.refusals[error.code] ? error.requestId : null
  return html`<p class="problem" part="notice" role="alert">${text} ${reference ? html`<small>${words.reference(reference)}</small>` : nothing}</p>`
}

/** Time that runs out; not read out each second. */
export function timer({ agenda, words }: View, text: string, until: Date) {
  const left = agenda.service.clock.secondsTo(until)
  if (!left) return html`<p class="notice" part="notice" role="status">${words.holdOver}</p>`
  return html`<p class="timer" part="countdown">${text} <time role="timer">${countdown(left)}</time></p>
    <p class="hidden" role="status">${left <= 60 ? words.heldSoon : ''}</p>`
}

/** A length of time, such as "2 hours". */
export function lasting({ dates }: View, seconds: number): string {
  const [size, unit] = seconds % 86_400 === 0 ? [86_400, 'day'] : seconds % 3600 === 0 ? [3600, 'hour'] : [60, 'minute']
  return new Intl.NumberFormat(dates.locale, { style: 'unit', unit: unit as string, unitDisplay: 'long' }).format(
    seconds / (size as number),
  )
}
