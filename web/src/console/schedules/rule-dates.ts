import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { shared } from '../../parts/shared'
import { localTime, type Rule } from './recurrence'
import { moment } from './sentences'
import { MOST_DATES } from './terms'
import { words } from './words'

/** Days that a rule leaves out, or has besides: a list to add to. Fires `change` with all of them. */
@customElement('rule-dates')
export class RuleDates extends LitElement {
  static override styles = [
    shared,
    css`
      fieldset {
        min-inline-size: 0;
        margin: 0;
        padding: 0;
        border: 0;
      }
      form.row {
        align-items: end;
      }
      .badge button {
        min-block-size: 1.5rem;
        padding: 0 0.375rem;
      }
    `,
  ]
  @property() heading = ''
  @property() label = ''
  /** Each has a time of its own, which is the rule's unless said. */
  @property({ type: Boolean }) timed = false
  @property({ attribute: false }) rule!: Rule
  @property({ attribute: false }) dates: readonly string[] = []

  override render() {
    return html`<fieldset class="stack">
      <legend class="label">${this.heading}</legend>
      ${
        this.dates.length
          ? html`<ul class="plain row">
              ${this.dates.map((one) => {
                const text = moment(one, this.rule)
                return html`<li class="row badge">
                  ${text}
                  <button type="button" class="quiet" aria-label=${words.remove(text)} @click=${() => this.#set(this.dates.filter((other) => other !== one))}>
                    ✕
                  </button>
                </li>`
              })}
            </ul>`
          : nothing
      }
      <form class="row" @submit=${this.#add}>
        <label class="field">${this.label}<input name="date" type="date" required min="1970-01-01" max="2199-12-31" /></label>
        ${this.timed ? html`<label class="field">${words.at}<input name="time" type="time" required .value=${this.rule.from} /></label>` : nothing}
        <button ?disabled=${this.dates.length >= MOST_DATES}>${words.add}</button>
      </form>
    </fieldset>`
  }

  #add = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.target as HTMLFormElement
    const given = new FormData(form)
    const one = localTime(String(given.get('date')), String(given.get('time') ?? this.rule.from))
    form.querySelector<HTMLInputElement>('[name=date]')!.value = ''
    this.#set([...new Set([...this.dates, one])].sort())
  }

  #set(detail: readonly string[]) {
    this.dispatchEvent(new CustomEvent('change', { detail }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'rule-dates': RuleDates
  }
}
