import { html } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { Session } from '../../app/session'
import './agency-property'
import './property-list'

export const render = (session: Session, rest: string) =>
  rest === ''
    ? html`<property-list .session=${session}></property-list>`
    : html`${keyed(rest, html`<agency-property .session=${session} property-id=${rest}></agency-property>`)}`
