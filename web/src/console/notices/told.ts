import type { NoticeKind } from '@estate-os/booking'

export type Recipient = 'applicant' | 'agent' | 'organization'

/** Who is told of what, as docs/notices.md has it. In the order of the page. */
export const TOLD: Record<Recipient, readonly NoticeKind[]> = {
  applicant: [
    ...(['requested', 'confirmed', 'declined', 'expired', 'moved', 'cancelled', 'links', 'reminder', 'attendance_confirmed'] as const),
    ...(['released', 'offer_made', 'offer_ending', 'waitlist_closed', 'place_freed'] as const),
  ],
  agent: [
    ...(['agent_day', 'requested', 'confirmed', 'declined', 'expired', 'moved', 'cancelled', 'attendance_confirmed'] as const),
    ...(['unanswered', 'released', 'outcome_unknown', 'slots_withdrawn', 'slots_skipped'] as const),
    ...(['calendar_conflict', 'calendar_unreadable'] as const),
  ],
  organization: ['slots_withdrawn', 'webhook_failing', 'webhook_disabled'],
}
export const RECIPIENTS = Object.keys(TOLD) as Recipient[]

const UNSUBSCRIBED: readonly NoticeKind[] = ['reminder', 'place_freed', 'agent_day']

/** Whether people can unsubscribe from it. All other messages tell of a change, and are sent in any case. */
export const canBeTurnedOff = (kind: NoticeKind) => UNSUBSCRIBED.includes(kind)

/** The message that an address names, `confirmed/applicant`; undefined where there is none. */
export function messageAt(address: string): { kind: NoticeKind; recipient: Recipient } | undefined {
  const [kind, recipient] = address.split('/') as [NoticeKind, Recipient]
  return RECIPIENTS.includes(recipient) && TOLD[recipient].includes(kind) ? { kind, recipient } : undefined
}
