import { html } from 'lit'
import type { Session } from '../../app/session'
import './agency-schedules'

export const render = (session: Session) => html`<agency-schedules .session=${session}></agency-schedules>`
