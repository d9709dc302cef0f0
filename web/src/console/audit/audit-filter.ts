import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { eventName, eventTypes } from '../../parts/event-words'
import { shared } from '../../parts/shared'
import { ABOUT, type About, type Filters, idPattern } from './filters'
import { words } from './words'

/** Chooses what of the audit is shown; fires `change` with what is another. */
@customElement('audit-filter')
export class AuditFilter extends LitElement {
  static override styles = [
    shared,
    css`
      form {
        align-items: end;
      }
      .field {
        flex: 1 1 12rem;
      }
      .day {
        flex: 1 1 10rem;
      }
      .id {
        flex: 2 1 18rem;
      }
    `,
  ]
  @property({ attribute: false }) filters!: Filters
  /** What is about to be named by an id that is not entered yet. */
  @state() private about: About | '' = ''

  override willUpdate(changed: Map<string, unknown>) {
    if (changed.has('filters')) this.about = this.filters.about
  }

  override render() {
    const { type, from, to, id } = this.filters
    const { about } = this
    return html`<form class="row" role="search" aria-label=${words.filters} @submit=${(event: Event) => event.preventDefault()}>
      <label class="field">
        ${words.type}
        <select name="type" @change=${this.#choose}>
          <option value="" ?selected=${type === ''}>${words.everyType}</option>
          ${eventTypes.map(
            (group) => html`<optgroup label=${group.about}>
              ${group.types.map((one) => html`<option value=${one} ?selected=${one === type}>${eventName(one)}</option>`)}
            </optgroup>`,
          )}
        </select>
      </label>
      <label class="field day">${words.from} <input type="date" name="from" max=${to || nothing} .value=${from} @change=${this.#choose} /></label>
      <label class="field day">${words.to} <input type="date" name="to" min=${from || nothing} .value=${to} @change=${this.#choose} /></label>
      <label class="field">
        ${words.about}
        <select @change=${this.#chooseAbout}>
          <option value="" ?selected=${about === ''}>${words.everything}</option>
          ${ABOUT.map((one) => html`<option value=${one} ?selected=${one === about}>${words.abouts[one]}</option>`)}
        </select>
      </label>
      ${
        about
          ? html`<label class="field id">
            ${words.id}
            <input
              name="id"
              autocomplete="off"
              spellcheck="false"
              title=${words.unfit}
              pattern=${idPattern(about)}
              .value=${about === this.filters.about ? id : ''}
              @change=${this.#enter}
            />
          </label>`
          : nothing
      }
    </form>`
  }

  #choose = (event: Event) => {
    const field = event.target as HTMLInputElement | HTMLSelectElement
    if (field.reportValidity()) this.#tell({ [field.name]: field.value })
  }

  #chooseAbout = (event: Event) => {
    this.about = (event.target as HTMLSelectElement).value as About | ''
    if (this.filters.about) this.#tell({ about: '', id: '' }, this.about)
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLInputElement>('.id input')?.focus())
  }

  #enter = (event: Event) => {
    const field = event.target as HTMLInputElement
    if (!field.reportValidity()) return
    const id = field.value.trim()
    this.#tell(id ? { about: this.about, id } : { about: '', id: '' }, this.about)
  }

  /** `about` stays as it was chosen, whatever becomes of the filters by that. */
  #tell(detail: Partial<Filters>, about = this.about) {
    this.dispatchEvent(new CustomEvent('change', { detail }))
    void this.updateComplete.then(() => (this.about = about))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'audit-filter': AuditFilter
  }
}
