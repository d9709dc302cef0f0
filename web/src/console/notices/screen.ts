import { html } from 'lit'
import type { Session } from '../../app/session'
import './agency-notices'

export const render = (session: Session, rest: string) => html`<agency-notices .session=${session} rest=${rest}></agency-notices>`
