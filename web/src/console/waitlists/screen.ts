import { html } from 'lit'
import type { Session } from '../../app/session'
import './agency-waitlists'

export const render = (session: Session) => html`<agency-waitlists .session=${session}></agency-waitlists>`
