import { html } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { Session } from '../../app/session'
import './agent-list'
import './one-agent'

export const render = (session: Session, rest: string) =>
  rest === ''
    ? html`<agent-list .session=${session}></agent-list>`
    : html`${keyed(rest, html`<one-agent .session=${session} agent-id=${rest}></one-agent>`)}`
