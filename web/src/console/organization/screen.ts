import { html } from 'lit'
import type { Session } from '../../app/session'
import './organization-form'

export const render = (session: Session) => html`<organization-form .session=${session}></organization-form>`
