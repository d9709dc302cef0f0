import { html, LitElement } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/property-choice'
import { download } from '../../parts/download'
import type { PropertyChoice } from '../../parts/property-choice'
import { shared } from '../../parts/shared'
import { viewersZone } from '../../parts/times'
import { boundsOf, type Month } from './months'
import { words } from './words'

/** The page for the owner of a home: chosen here, given as a file. */
@customElement('owners-page')
export class OwnersPage extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property() month: Month = ''
  @state() private propertyId = ''
  readonly #acts = new Act(this)

  override render() {
    return html`<section class="card stack">
      <h2>${words.owner}</h2>
      <p class="faint">${words.ownerHelp}</p>
      <div class="row">
        <property-choice .session=${this.session} label=${words.property} @change=${this.#choose}></property-choice>
        <button ?disabled=${this.#acts.busy || !this.propertyId} @click=${this.#open}>${words.open}</button>
      </div>
      ${this.#acts.refusal}
    </section>`
  }

  #choose = (event: Event) => {
    this.propertyId = (event.target as PropertyChoice).value
  }

  #open = () =>
    this.#acts.do(async () => {
      const asked = { property_id: this.propertyId, ...boundsOf(this.month, viewersZone) }
      const page = (await this.session.client.reportProperty(asked)).data as unknown as string
      download(words.ownerFile(this.month), page, 'text/html')
    })
}

declare global {
  interface HTMLElementTagNameMap {
    'owners-page': OwnersPage
  }
}
