import { css, html, LitElement } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { keyed } from 'lit/directives/keyed.js'
import type { Session } from '../../app/session'
import type { PropertyChoice } from '../../parts/property-choice'
import '../../parts/app-empty'
import '../../parts/property-choice'
import { shared } from '../../parts/shared'
import './message-list'
import './one-message'
import './plan-form'
import { messageAt } from './told'
import { words } from './words'

const TEXTS = 'texts'

/** Messages to people: when they go, and what they say. */
@customElement('agency-notices')
export class AgencyNotices extends LitElement {
  static override styles = [
    shared,
    css`
      property-choice {
        inline-size: min(100%, 24rem);
      }
      nav a:not([aria-current="false"]) {
        border-color: var(--accent);
        background: var(--tint);
        color: var(--accent);
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  /** What lies below the screen in the address. */
  @property() rest = ''
  /** The home whose plan is shown; empty is the agency. */
  @state() private home = ''

  override connectedCallback() {
    super.connectedCallback()
    if (!this.rest.startsWith(TEXTS)) this.home = this.rest
  }

  override render() {
    const [where = '', ...more] = this.rest.split('/')
    const texts = where === TEXTS
    return html`<div class="stack">
      <h1>${words.title}</h1>
      <nav class="row" aria-label=${words.title}>
        <a class="button" href="/app/notices" aria-current=${texts ? 'false' : 'page'}>${words.tabs.plan}</a>
        <a class="button" href="/app/notices/texts" aria-current=${texts && more.length === 0 ? 'page' : texts ? 'true' : 'false'}>${words.tabs.texts}</a>
      </nav>
      ${texts ? this.#texts(more.join('/')) : this.#plan()}
    </div>`
  }

  #texts(address: string) {
    if (address === '') return html`<message-list></message-list>`
    const one = messageAt(address)
    if (!one) return html`<app-empty told=${words.noMessage}><a href="/app/notices/texts">${words.tabs.texts}</a></app-empty>`
    return html`<one-message .session=${this.session} kind=${one.kind} recipient=${one.recipient}></one-message>`
  }

  #plan() {
    return html`
      <property-choice
        .session=${this.session}
        label=${words.where}
        optional=${words.everywhere}
        .value=${this.home}
        @change=${this.#choose}
      ></property-choice>
      ${keyed(this.home, html`<plan-form .session=${this.session} home=${this.home}></plan-form>`)}
    `
  }

  #choose = (event: Event) => {
    this.home = (event.target as PropertyChoice).value
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'agency-notices': AgencyNotices
  }
}
