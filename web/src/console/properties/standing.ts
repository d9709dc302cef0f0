import type { Property } from '@estate-os/booking'
import { html, nothing } from 'lit'
import { momentOf, viewersZone } from '../../parts/times'
import { words } from './words'

/** Whether a home is withdrawn or archived, as badges. */
export const standing = ({ status, withdrawn_from, time_zone }: Property) => html`
  ${withdrawn_from ? html`<span class="badge warning">${words.withdrawnFrom(momentOf(withdrawn_from, time_zone ?? viewersZone))}</span>` : nothing}
  ${status === 'archived' ? html`<span class="badge">${words.states.archived}</span>` : nothing}
`
