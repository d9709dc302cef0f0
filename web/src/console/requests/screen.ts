import { html } from 'lit'
import type { Session } from '../../app/session'
import './pending-requests'

export const render = (session: Session) => html`<pending-requests .session=${session}></pending-requests>`
