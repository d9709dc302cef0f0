import { html } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { Session } from '../../app/session'
import '../../parts/app-empty'
import './agency-visit'
import { words } from './words'

export const render = (session: Session, rest: string) =>
  rest === ''
    ? html`<app-empty told=${words.none}>${words.advice}</app-empty>`
    : html`${keyed(rest, html`<agency-visit .session=${session} booking-id=${rest}></agency-visit>`)}`
