import { PreconditionFailed } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { UNITS } from '../../parts/spans'
import { tell } from '../../parts/tell'
import { words as parts } from '../../parts/words'
import { type Read, readRules, writeRules } from './reading-rules'
import { allEntries, changed, type Entries, GROUPS, NAMES, RULES, type RuleName, rebased, type Values, valueIn } from './rules'
import { said, valueText } from './sentences'
import { words } from './words'

/** The rules of the agency or of a home: each with what it means, as it is entered; admins change them. */
@customElement('policy-form')
export class PolicyForm extends LitElement {
  static override styles = [
    shared,
    css`
      fieldset {
        margin: 0;
        min-inline-size: 0;
      }
      .span {
        display: grid;
        grid-template-columns: minmax(4rem, 8rem) minmax(6rem, 10rem);
        gap: var(--space);
      }
      .one input,
      .one select {
        max-inline-size: 18.5rem;
        scroll-margin-block-end: 8rem;
      }
      .bar {
        position: sticky;
        inset-block-end: 0;
        padding-block: var(--space);
        background: var(--ground);
      }
      dl {
        margin: 0;
      }
      dt {
        font-weight: 550;
      }
      dd {
        margin: 0 0 calc(1.5 * var(--space));
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property() home = ''
  @state() private entries: Entries = {}
  @state() private base: Read | undefined
  @state() private theirs: string[] = []
  readonly #acts = new Act(this)
  #rules!: Reading<Read>

  override connectedCallback() {
    this.#rules ??= new Reading(this, {
      read: async (signal) => {
        const read = await readRules(this.session.client, this.home, signal)
        this.#takeOver(read)
        return read
      },
      live: this.session.live,
      on: ['policy.'],
      order: () => [],
      lines: 12,
    })
    super.connectedCallback()
  }

  override render() {
    return this.#rules.render(() => {
      if (!this.base) return nothing
      if (this.session.me.agent?.role !== 'admin') return this.#readOnly(this.base)
      return this.#form(this.base)
    })
  }

  #form({ set }: Read) {
    const dirty = changed(set, this.#now()).length
    return html`<form class="stack" @input=${this.#enter} @submit=${this.#save}>
      <p class="faint">${this.home ? words.adviceHome : words.advice}</p>
      ${Object.entries(GROUPS).map(
        ([heading, names]) => html`<fieldset class="card stack">
          <legend class="visually-hidden">${words.headings[heading as keyof typeof GROUPS]}</legend>
          <h2 aria-hidden="true">${words.headings[heading as keyof typeof GROUPS]}</h2>
          ${names.map((name) => this.#field(name))}
        </fieldset>`,
      )}
      ${
        this.theirs.length
          ? html`<div class="card" role="status">
              <p><strong>${words.others}</strong></p>
              <ul>${this.theirs.map((one) => html`<li>${one}</li>`)}</ul>
            </div>`
          : nothing
      }
      ${this.#acts.refusal}
      <div class="row bar">
        <button class="primary" ?disabled=${this.#acts.busy || dirty === 0}>${this.#acts.busy ? parts.doing : words.save(dirty)}</button>
        <button type="button" ?disabled=${this.#acts.busy || dirty === 0} @click=${this.#reset}>${words.reset}</button>
      </div>
    </form>`
  }

  #field(name: RuleName) {
    const text = words.rules[name]
    return html`<div class="field one">
      <label for=${name}>${text.label}</label>
      ${this.#entry(name)}
      <span id=${`${name}-says`} class="small faint">${this.#says(name)}</span>
    </div>`
  }

  #entry(name: RuleName) {
    const field = RULES[name]
    const entered = this.entries[name] ?? ''
    const says = `${name}-says`
    if (field.kind === 'levels' || field.kind === 'truth') {
      const known = field.kind === 'levels' ? words.levels : words.truths
      const options = Object.entries(entered === '' || entered in known ? known : { ...known, [entered]: entered })
      return html`<select id=${name} name=${name} aria-describedby=${says}>
        ${this.home ? html`<option value="" ?selected=${entered === ''}>${words.inherited}</option>` : nothing}
        ${options.map(([value, shown]) => html`<option value=${value} ?selected=${value === entered}>${shown}</option>`)}
      </select>`
    }
    const unit = this.entries[`${name}.unit`]
    const size = field.kind === 'span' ? UNITS[unit as keyof typeof UNITS] : 1
    const input = html`<input
      id=${name}
      name=${name}
      type="number"
      inputmode="decimal"
      min=${field.least / size}
      max=${field.most / size}
      step=${field.kind === 'span' ? 'any' : 1}
      .value=${entered}
      aria-describedby=${says}
    />`
    if (field.kind === 'count') return input
    return html`<span class="span">
      ${input}
      <select name=${`${name}.unit`} aria-label=${words.unitOf(words.rules[name].label)}>
        ${Object.keys(UNITS).map((one) => html`<option value=${one} ?selected=${one === unit}>${words.units[one as keyof typeof UNITS]}</option>`)}
      </select>
    </span>`
  }

  #says(name: RuleName) {
    const value = valueIn(name, this.entries)
    if (value !== null) return said(name, value)
    if (this.home) return words.asAgency(said(name, this.base?.agency[name] ?? null))
    return RULES[name].kind === 'span' || name === 'max_live_holds' ? words.byDefault : words.rules[name].none
  }

  #readOnly({ holds }: Read) {
    return html`<p class="faint">${words.membersRead}</p>
      <dl>${NAMES.map((name) => html`<dt>${words.rules[name].label}</dt><dd>${said(name, holds[name])}</dd>`)}</dl>`
  }

  #now(): Values {
    return Object.fromEntries(NAMES.map((name) => [name, valueIn(name, this.entries)])) as Values
  }

  #takeOver(read: Read): void {
    const before = this.base
    if (before) {
      const theirs = changed(before.set, read.set)
      if (changed(before.set, this.#now()).length && theirs.length) {
        this.theirs = theirs.map((name) =>
          words.change(words.rules[name].label, valueText(name, before.set[name]), valueText(name, read.set[name])),
        )
      }
      this.entries = rebased(before.set, this.entries, read.set)
    } else this.entries = allEntries(read.set)
    this.base = read
  }

  #enter = (event: Event) => {
    const { name, value } = event.target as HTMLInputElement
    this.entries = { ...this.entries, [name]: value }
  }

  #reset = () => {
    this.entries = allEntries(this.base!.set)
    this.theirs = []
    this.#acts.forget()
  }

  #save = async (event: Event) => {
    event.preventDefault()
    if (!this.base) return
    const { base, session, home } = this
    const now = this.#now()
    const names = changed(base.set, now)
    await this.#acts.do(async () => {
      try {
        const read = await writeRules(session.client, home, base, names, now)
        this.theirs = []
        this.entries = allEntries(read.set)
        this.base = read
        tell({ text: words.saved(names.length), undo: () => writeRules(session.client, home, read, names, base.set) })
      } catch (error) {
        if (error instanceof PreconditionFailed) await this.#rules.reload()
        throw error
      }
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'policy-form': PolicyForm
  }
}
