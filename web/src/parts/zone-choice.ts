import { html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { shared } from './shared'
import { zonesBy } from './zones'

/**
 * A choice of a time zone: a labelled select, `value` is its name of the IANA database. Fires `change`. `optional`: none of them can be
 * chosen, too, by the name that it is given.
 */
@customElement('zone-choice')
export class ZoneChoice extends LitElement {
  static override styles = [shared]
  @property() label = ''
  @property() value = 'UTC'
  @property() optional: string | null = null

  override render() {
    const groups = [...zonesBy(this.value, Intl.supportedValuesOf('timeZone'))]
    return html`<label class="field">
      ${this.label}
      <select @change=${this.#choose}>
        ${this.optional === null ? nothing : html`<option value="" ?selected=${!this.value}>${this.optional}</option>`}
        ${groups.map(
          ([group, names]) => html`<optgroup label=${group}>
            ${names.map((name) => html`<option value=${name} ?selected=${name === this.value}>${name.replaceAll('_', ' ')}</option>`)}
          </optgroup>`,
        )}
      </select>
    </label>`
  }

  #choose = (event: Event) => {
    event.stopPropagation()
    this.value = (event.target as HTMLSelectElement).value
    this.dispatchEvent(new Event('change', { bubbles: true }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'zone-choice': ZoneChoice
  }
}
