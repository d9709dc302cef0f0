import { html } from 'lit'
import type { Session } from '../../app/session'
import './agency-audit'

export const render = (session: Session) => html`<agency-audit .session=${session}></agency-audit>`
