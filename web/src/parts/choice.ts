import { css, html, LitElement } from 'lit'
import { property } from 'lit/decorators.js'
import type { Session } from '../app/session'
import { Reading } from './reading'
import { shared } from './shared'
import { words } from './words'

/** Something to choose, with what it is called and more to know it by. */
export interface Option {
  id: string
  name: string
  more?: string
}

/**
 * One of a list that the service keeps: a labelled select. `value` is the id; fires `change`. `optional`: none of them can be
 * chosen, too, by the name that it is given.
 */
export abstract class Choice extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        min-inline-size: 0;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property() label = ''
  @property() value = ''
  @property() optional: string | null = null
  @property({ type: Boolean }) required = false
  #options!: Reading<Option[]>

  protected abstract read(signal: AbortSignal): Promise<Option[]>

  override connectedCallback() {
    this.#options ??= new Reading(this, { read: (signal) => this.read(signal), lines: 1 })
    super.connectedCallback()
  }

  override focus(options?: FocusOptions) {
    this.renderRoot.querySelector('select')?.focus(options)
  }

  override render() {
    return this.#options.render(
      (all) => html`<label class="field">
        ${this.label}
        <select @change=${this.#choose} ?required=${this.required}>
          ${this.optional !== null || !this.value ? html`<option value="" ?selected=${!this.value}>${this.optional ?? words.choose}</option>` : ''}
          ${all.map(({ id, name, more }) => html`<option value=${id} ?selected=${id === this.value}>${more ? `${name} · ${more}` : name}</option>`)}
        </select>
      </label>`,
    )
  }

  #choose = (event: Event) => {
    event.stopPropagation()
    this.value = (event.target as HTMLSelectElement).value
    this.dispatchEvent(new Event('change', { bubbles: true }))
  }
}
