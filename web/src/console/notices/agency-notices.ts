import { css, html, LitElement } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { keyed } from 'lit/directives/keyed.js'
import type { Session } from '../../app/session'
import type { PropertyChoice } from '../../parts/property-choice'
import '../../parts/property-choice'
import { shared } from '../../parts/shared'
import './plan-form'
import { words } from './words'

/** Messages to people: when they go. */
@customElement('agency-notices')
export class AgencyNotices extends LitElement {
  static override styles = [
    shared,
    css`
      property-choice {
        inline-size: min(100%, 24rem);
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  /** What lies below the screen in the address. */
  @property() rest = ''
  /** The home whose plan is shown; empty is the agency. */
  @state() private home = ''

  override render() {
    return html`<div class="stack">
      <h1>${words.title}</h1>
      <property-choice
        .session=${this.session}
        label=${words.where}
        optional=${words.everywhere}
        .value=${this.home}
        @change=${this.#choose}
      ></property-choice>
      ${keyed(this.home, html`<plan-form .session=${this.session} home=${this.home}></plan-form>`)}
    </div>`
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
