import type { AuditedEvent } from '@estate-os/booking'

interface Texts {
  states: Record<string, string>
  places: (was: string, now: string) => string
  version: (number: string) => string
  became: (was: string, now: string) => string
}

const NUMBER = /^\d+$/
/** Types whose new state says more than they do, though there was none before. */
const TELLING = ['agent.added', 'booking.outcome_recorded', 'notice_template.changed', 'schedule.slot_skipped']

/** What changed beyond what the type says, in words; empty where there is no more to say. */
export function changeOf({ type, from_state, to_state }: Pick<AuditedEvent, 'type' | 'from_state' | 'to_state'>, texts: Texts): string {
  const said = (state: string) => texts.states[state] ?? state
  if (type === 'slot.capacity_changed') return texts.places(from_state ?? '', to_state)
  if (NUMBER.test(to_state)) return texts.version(to_state)
  if (type.endsWith(`.${to_state}`)) return ''
  if (from_state !== null && from_state !== to_state) return texts.became(said(from_state), said(to_state))
  return TELLING.includes(type) ? said(to_state) : ''
}
