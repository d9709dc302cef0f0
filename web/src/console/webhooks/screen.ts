import { html } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { Session } from '../../app/session'
import './one-endpoint'
import './webhook-endpoints'

export const render = (session: Session, rest: string) =>
  rest === ''
    ? html`<webhook-endpoints .session=${session}></webhook-endpoints>`
    : html`${keyed(rest, html`<one-endpoint .session=${session} endpoint-id=${rest}></one-endpoint>`)}`
