import type { Property } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { momentOf } from '../../parts/times'
import { words as parts } from '../../parts/words'
import './property-withdrawal'
import { words } from './words'

/** Whether people are taken at a home: an admin withdraws it, and takes it up again. Fires `done`. */
@customElement('property-market')
export class PropertyMarket extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) home!: Property
  @property() zone = 'UTC'
  @state() private withdrawing = false
  readonly #acts = new Act(this)

  override render() {
    const { withdrawn_from } = this.home
    return html`<section class="card stack" aria-labelledby="market">
        <h2 id="market">${words.market}</h2>
        ${withdrawn_from ? html`<p>${words.isWithdrawn(momentOf(withdrawn_from, this.zone))}</p>` : nothing}
        <p class="faint">${withdrawn_from ? words.restoreAdvice : words.withdrawAdvice}</p>
        ${this.#acts.refusal}
        <div class="row">
          ${
            withdrawn_from
              ? html`<button ?disabled=${this.#acts.busy} @click=${this.#restore}>${this.#acts.busy ? parts.doing : words.restore}</button>`
              : html`<button class="danger" @click=${() => this.#open(true)}>${words.withdraw}</button>`
          }
        </div>
      </section>
      ${
        this.withdrawing
          ? html`<property-withdrawal
              .session=${this.session}
              .home=${this.home}
              zone=${this.zone}
              @done=${this.#done}
              @close=${() => this.#open(false)}
            ></property-withdrawal>`
          : nothing
      }`
  }

  #open(open: boolean) {
    this.withdrawing = open
  }

  #done = () => this.dispatchEvent(new Event('done'))

  #restore = () =>
    this.#acts.do(async () => {
      await this.session.client.restoreProperty({ property_id: this.home.id })
      tell({ text: words.restored })
      this.#done()
    })
}

declare global {
  interface HTMLElementTagNameMap {
    'property-market': PropertyMarket
  }
}
