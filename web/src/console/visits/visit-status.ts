import type { BookingStatus, EntryStatus } from '@estate-os/booking'
import { html } from 'lit'
import { words as parts } from '../../parts/words'

/** How far a visit is, or somebody who waits, in a word. */
export function statusBadge(status: BookingStatus | EntryStatus) {
  const tone = { confirmed: '', taken: '', pending_approval: 'warning', offered: 'warning', waiting: '' }[status as string] ?? 'danger'
  return html`<span class="badge ${tone}">${parts.statuses[status] ?? status}</span>`
}
