import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { keyed } from 'lit/directives/keyed.js'
import type { Session } from '../../app/session'
import type { PropertyChoice } from '../../parts/property-choice'
import '../../parts/property-choice'
import { shared } from '../../parts/shared'
import './policy-form'
import { words } from './words'

/** The rules of the agency, and what one of its homes has otherwise. */
@customElement('agency-rules')
export class AgencyRules extends LitElement {
  static override styles = [
    shared,
    css`
      property-choice {
        inline-size: min(100%, 24rem);
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  /** The home whose rules are shown; empty is the agency. */
  @property() where = ''

  override render() {
    return html`<div class="stack">
      <h1>${words.title}</h1>
      <property-choice
        .session=${this.session}
        label=${words.where}
        optional=${words.everywhere}
        .value=${this.where}
        @change=${this.#choose}
      ></property-choice>
      ${keyed(this.where, html`<policy-form .session=${this.session} home=${this.where}></policy-form>`)}
    </div>`
  }

  #choose = (event: Event) => {
    this.where = (event.target as PropertyChoice).value
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'agency-rules': AgencyRules
  }
}
