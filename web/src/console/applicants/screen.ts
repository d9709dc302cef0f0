import { html } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { Session } from '../../app/session'
import './one-applicant'
import './applicant-list'

export const render = (session: Session, rest: string) =>
  rest === ''
    ? html`<applicant-list .session=${session}></applicant-list>`
    : html`${keyed(rest, html`<one-applicant .session=${session} applicant-id=${rest}></one-applicant>`)}`
