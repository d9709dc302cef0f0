import { html } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { Session } from '../../app/session'
import './agency-schedules'
import './one-schedule'

export const render = (session: Session, rest: string) =>
  rest === ''
    ? html`<agency-schedules .session=${session}></agency-schedules>`
    : html`${keyed(rest, html`<one-schedule .session=${session} schedule-id=${rest}></one-schedule>`)}`
