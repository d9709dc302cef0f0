import { html } from 'lit'
import type { Session } from '../../app/session'
import './agents-week'

export const render = (session: Session) => html`<agents-week .session=${session}></agents-week>`
