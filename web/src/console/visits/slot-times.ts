import type { Slot } from '@estate-os/booking'
import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import '../../parts/app-empty'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { when } from '../../parts/when'
import { words } from './words'

const MOST = 100 // to choose from, and a page of the list

/** The coming free times of a home to choose one from, without `except`. Fires `change`; `chosen` is the slot. */
@customElement('slot-times')
export class SlotTimes extends LitElement {
  static override styles = [
    shared,
    css`
      fieldset {
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend {
        padding: 0;
        font-weight: 550;
      }
      ul {
        max-block-size: 20rem;
        overflow-y: auto;
      }
      .choice {
        padding: 0.5rem 0.25rem;
        border-block-end: 1px solid var(--line);
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: 'property-id' }) propertyId = ''
  @property() except = ''
  chosen: Slot | null = null
  #slots!: Reading<Slot[]>

  override connectedCallback() {
    this.#slots ??= new Reading(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['slot.', 'booking.'],
      order: (slots) => slots.map(({ id }) => id),
    })
    super.connectedCallback()
  }

  override render() {
    return this.#slots.render((slots) =>
      slots.length === 0
        ? html`<app-empty told=${words.noSlots}>${words.noSlotsAdvice}</app-empty>`
        : html`<fieldset>
            <legend>${words.chooseSlot}</legend>
            <ul class="plain">
              ${slots.map(
                (one) => html`<li>
                  <label class="choice">
                    <input type="radio" name="slot" @change=${() => this.#choose(one)} />
                    <span>${when(one)} <span class="small faint">${words.places(one.places_left, one.capacity)}</span></span>
                  </label>
                </li>`,
              )}
            </ul>
          </fieldset>`,
    )
  }

  #choose(one: Slot) {
    this.chosen = one
    this.dispatchEvent(new Event('change'))
  }

  async #read(signal: AbortSignal): Promise<Slot[]> {
    const asked = { property_id: this.propertyId, status: ['available' as const], from: new Date(), limit: MOST }
    const { slots } = (await this.session.client.listSlots(asked, { signal })).data
    return slots.filter(({ id, places_left }) => id !== this.except && places_left > 0)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'slot-times': SlotTimes
  }
}
