import { html } from 'lit'
import type { Session } from '../../app/session'
import './agency-rules'

export const render = (session: Session, rest: string) => html`<agency-rules .session=${session} where=${rest}></agency-rules>`
