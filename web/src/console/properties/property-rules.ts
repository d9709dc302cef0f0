import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { type Read, readRules } from '../rules/reading-rules'
import { NAMES } from '../rules/rules'
import { said } from '../rules/sentences'
import { words } from './words'

/** The rules that hold at a home, in sentences, and which of them are its own. */
@customElement('property-rules')
export class PropertyRules extends LitElement {
  static override styles = [
    shared,
    css`
      ul {
        margin: 0;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: 'property-id' }) propertyId = ''
  #rules!: Reading<Read>

  override connectedCallback() {
    this.#rules ??= new Reading(this, {
      read: (signal) => readRules(this.session.client, this.propertyId, signal),
      live: this.session.live,
      on: ['policy.'],
      order: () => [],
    })
    super.connectedCallback()
  }

  override render() {
    return html`<section class="card stack" aria-labelledby="rules">
      <div class="row between">
        <h2 id="rules">${words.rules}</h2>
        <a href="/app/rules/${this.propertyId}">${this.session.me.agent?.role === 'admin' ? words.changeRules : words.seeRules}</a>
      </div>
      ${this.#rules.render(
        ({ set, holds }) => html`<ul>
          ${NAMES.filter((name) => holds[name] !== null || set[name] !== null).map(
            (name) =>
              html`<li>${said(name, holds[name])} ${set[name] === null ? nothing : html`<span class="badge">${words.own}</span>`}</li>`,
          )}
        </ul>`,
      )}
    </section>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'property-rules': PropertyRules
  }
}
