import { html } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { Session } from '../../app/session'
import './open-houses'
import './slot-visitors'

export const render = (session: Session, rest: string) =>
  rest === ''
    ? html`<open-houses .session=${session}></open-houses>`
    : html`${keyed(rest, html`<slot-visitors .session=${session} slot-id=${rest}></slot-visitors>`)}`
