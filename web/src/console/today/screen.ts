import { html } from 'lit'
import type { Session } from '../../app/session'
import './todays-visits'

export const render = (session: Session) => html`<todays-visits .session=${session}></todays-visits>`
