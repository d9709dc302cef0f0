import type { Agent } from '@estate-os/booking'
import { html, nothing } from 'lit'
import { words } from './words'

/** What an agent may do, as badges: their role, and whether they are shut out. */
export const roleBadges = ({ role, status }: Agent) => html`
  ${role ? html`<span class="badge">${words.roles[role] ?? role}</span>` : nothing}
  ${status === 'inactive' ? html`<span class="badge warning">${role ? words.shutOut : words.noRole}</span>` : nothing}
`
