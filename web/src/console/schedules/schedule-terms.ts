import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { shared } from '../../parts/shared'
import { blank, type Rule } from './recurrence'
import './schedule-rule'
import { BOUNDS, MOST_RULES, type Terms } from './terms'
import { words } from './words'

type Numbers = keyof typeof BOUNDS

/** By what a schedule makes slots, to be filled in: for a new one and for a change. Fires `change` with the terms as they are now. */
@customElement('schedule-terms')
export class ScheduleTerms extends LitElement {
  static override styles = [
    shared,
    css`
      .numbers {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(14rem, 100%), 1fr));
        gap: calc(1.5 * var(--space));
        align-items: end;
      }
      section.stack {
        gap: calc(1.5 * var(--space));
      }
    `,
  ]
  @property({ attribute: false }) terms!: Terms
  /** The first day of a rule that is added. */
  @property() first = ''

  override render() {
    const { rules } = this.terms
    return html`<div class="stack">
      ${rules.map(
        (rule, index) => html`<section class="card stack" aria-label=${words.rule(index + 1, rules.length)}>
          <div class="row between">
            <h3>${words.rule(index + 1, rules.length)}</h3>
            ${rules.length > 1 ? html`<button type="button" class="quiet danger" @click=${() => this.#setRules(rules.filter((one) => one !== rule))}>${words.removeRule}</button>` : nothing}
          </div>
          <schedule-rule
            .rule=${rule}
            .minutes=${this.terms.slot_minutes}
            @change=${({ detail }: CustomEvent<Rule>) => this.#setRules(rules.map((one) => (one === rule ? detail : one)))}
          ></schedule-rule>
        </section>`,
      )}
      ${
        rules.length < MOST_RULES
          ? html`<div><button type="button" @click=${() => this.#setRules([...rules, blank(this.first)])}>${words.addRule}</button></div>`
          : nothing
      }
      <form id="numbers" class="numbers" @submit=${(event: Event) => event.preventDefault()}>
        ${this.#number('slot_minutes', words.minutes)} ${this.#number('gap_minutes', words.gap)} ${this.#number('capacity', words.capacity)}
        ${this.#number('horizon_days', words.ahead)}
      </form>
    </div>`
  }

  /** Whether all of it is whole; else the person is shown what is missing first. */
  check(): boolean {
    return (
      [...this.renderRoot.querySelectorAll('schedule-rule')].every((one) => one.check()) &&
      this.renderRoot.querySelector<HTMLFormElement>('#numbers')!.reportValidity()
    )
  }

  #number(name: Numbers, label: string) {
    const [least, most] = BOUNDS[name]
    return html`<label class="field">
      ${label}
      <input
        type="number"
        required
        min=${least}
        max=${most}
        .value=${String(this.terms[name])}
        @change=${(event: Event) => this.#set({ [name]: Number((event.target as HTMLInputElement).value) })}
      />
    </label>`
  }

  #setRules(rules: readonly Rule[]) {
    this.#set({ rules })
  }

  #set(given: Partial<Terms>) {
    this.terms = { ...this.terms, ...given }
    this.dispatchEvent(new CustomEvent('change', { detail: this.terms }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'schedule-terms': ScheduleTerms
  }
}
