import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { propertyName } from '../../parts/property-choice'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import type { Known } from './fields'
import './property-ahead'
import './property-form'
import './property-market'
import './property-rules'
import { standing } from './standing'
import { words } from './words'

interface Shown extends Known {
  /** The agency's zone. */
  zone: string
}

/** One home of the agency: what is known of it, and what is ahead there. */
@customElement('agency-property')
export class AgencyProperty extends LitElement {
  static override styles = [
    shared,
    css`
      .parts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr));
        align-items: start;
        gap: calc(2 * var(--space));
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: 'property-id' }) propertyId = ''
  #shown!: Reading<Shown>

  override connectedCallback() {
    this.#shown ??= new Reading(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['property.'],
      order: () => [],
      lines: 9,
    })
    super.connectedCallback()
  }

  override render() {
    return html`<div class="stack">
      <a href="/app/properties">${words.back}</a>
      ${this.#shown.render((shown) => this.#home(shown))}
    </div>`
  }

  #home(shown: Shown) {
    const { home, zone } = shown
    return html`<div class="stack">
      <div class="row between">
        <h1>${propertyName(home)}</h1>
        <div class="row">${standing(home)}</div>
      </div>
      <div class="parts">
        <property-form .session=${this.session} .known=${shown} zone=${zone} @stale=${() => void this.#shown.reload()}></property-form>
        <div class="stack">
          <property-ahead .session=${this.session} .home=${home} zone=${home.time_zone ?? zone}></property-ahead>
          <property-rules .session=${this.session} property-id=${home.id}></property-rules>
          ${
            this.session.me.agent?.role === 'admin'
              ? html`<property-market
                  .session=${this.session}
                  .home=${home}
                  zone=${home.time_zone ?? zone}
                  @done=${() => void this.#shown.reload()}
                ></property-market>`
              : nothing
          }
        </div>
      </div>
    </div>`
  }

  async #read(signal: AbortSignal): Promise<Shown> {
    const { client } = this.session
    const [{ data, etag }, agency] = await Promise.all([
      client.getProperty({ property_id: this.propertyId }, { signal }),
      client.getOrganization({}, { signal }),
    ])
    return { home: data.property, etag: etag ?? '*', zone: agency.data.organization.time_zone ?? 'UTC' }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'agency-property': AgencyProperty
  }
}
