import { html } from 'lit'
import type { Session } from '../../app/session'
import './agency-figures'

export const render = (session: Session) => html`<agency-figures .session=${session}></agency-figures>`
