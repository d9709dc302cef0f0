import { html } from 'lit'
import type { Session } from '../../app/session'
import './agency-absences'

export const render = (session: Session) => html`<agency-absences .session=${session}></agency-absences>`
