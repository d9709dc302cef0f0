import type { Entry } from '@estate-os/booking'
import { html, nothing } from 'lit'
import '../../parts/deadline-left'
import { momentOf } from '../../parts/times'
import type { ServerClock } from '../../scheduler/clock'
import { statusBadge } from '../visits/visit-status'
import { words } from './words'

/** Somebody who waits: an item of a list. */
export const waiting = (clock: ServerClock) => (one: Entry) =>
  html`<li>
  <a href="/app/applicants/${one.applicant_id}">${one.applicant?.name}</a> ${statusBadge(one.status)}
  ${one.position === null ? nothing : html`<span class="faint">${words.position(one.position)}</span>`}
  ${
    one.offer
      ? html`<span class="faint">${words.until(momentOf(one.offer.expires_at, one.property.time_zone))}</span>
        <deadline-left .clock=${clock} .until=${one.offer.expires_at}></deadline-left>`
      : nothing
  }
  ${one.reason ? html`<span class="faint">${words.skipped(one.reason)}</span>` : nothing}
</li>`
