import { PreconditionFailed } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { words as parts } from '../../parts/words'
import { changed, type Draft, draftOf, FIELDS, type FieldName, planOf, rebased, withField } from './plan'
import { controlsOf } from './plan-controls'
import { type Read, readPlan, writePlan } from './reading-plan'
import { said, valueText } from './sentences'
import { words } from './words'

/** When and by what people are told, of the agency or of a home, each with what it means; admins change it. */
@customElement('plan-form')
export class PlanForm extends LitElement {
  static override styles = [
    shared,
    css`
      fieldset {
        margin: 0;
        min-inline-size: 0;
      }
      .amount,
      .unit,
      .clock input {
        inline-size: auto;
        max-inline-size: 9rem;
      }
      .amount {
        inline-size: 6rem;
      }
      .choices {
        gap: calc(3 * var(--space));
      }
      .warning {
        color: var(--warning);
      }
      .bar {
        position: sticky;
        inset-block-end: 0;
        padding-block: var(--space);
        background: var(--ground);
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property() home = ''
  @state() private draft: Draft = {}
  @state() private base: Read | undefined
  @state() private theirs: string[] = []
  #saving = new Act(this)
  #plan!: Reading<Read>

  override connectedCallback() {
    this.#plan ??= new Reading(this, {
      read: async (signal) => {
        const read = await readPlan(this.session.client, this.home, signal)
        this.#takeOver(read)
        return read
      },
      live: this.session.live,
      on: ['notice_plan.'],
      order: () => [],
      lines: 10,
    })
    super.connectedCallback()
  }

  override render() {
    return this.#plan.render(() => (this.base ? this.#form(this.base) : nothing))
  }

  #form(base: Read) {
    const admin = this.session.me.agent?.role === 'admin'
    const dirty = changed(base.set, planOf(this.draft)).length
    return html`<form class="stack" @submit=${this.#save}>
      <p class="faint">${admin ? (this.home ? words.adviceHome : words.advice) : words.membersRead}</p>
      ${FIELDS.map((name) => this.#field(name, base, admin))}
      ${
        this.theirs.length
          ? html`<div class="card" role="status">
              <p><strong>${words.others}</strong></p>
              <ul>${this.theirs.map((one) => html`<li>${one}</li>`)}</ul>
            </div>`
          : nothing
      }
      ${this.#saving.refusal}
      ${
        admin
          ? html`<div class="row bar">
              <button class="primary" ?disabled=${this.#saving.busy || dirty === 0}>${this.#saving.busy ? parts.doing : words.save(dirty)}</button>
              <button type="button" ?disabled=${this.#saving.busy || dirty === 0} @click=${this.#reset}>${words.reset}</button>
            </div>`
          : nothing
      }
    </form>`
  }

  #field(name: FieldName, base: Read, admin: boolean) {
    const { draft, home } = this
    const own = name in draft
    const { says, warnings } = said(name, { ...base.agency, ...planOf(draft) }, base.configured)
    const set = (value: Draft[FieldName]) => {
      this.draft = withField(this.draft, name, value)
    }
    return html`<fieldset class="card stack">
      <legend class="visually-hidden">${words.fields[name]}</legend>
      <h2 aria-hidden="true">${words.fields[name]}</h2>
      ${home && admin ? this.#choiceOfOwn(own, () => set(own ? undefined : draftOf(base.agency)[name])) : nothing}
      ${home && !own ? html`<p class="small">${words.asAgency}</p>` : nothing}
      ${admin && own ? controlsOf(name, draft, set) : nothing}
      <div aria-live="polite">
        ${says.map((one) => html`<p class="small faint">${one}</p>`)} ${warnings.map((one) => html`<p class="small warning">${one}</p>`)}
        ${home && name === 'may_release' && !base.agency.may_release ? html`<p class="small warning">${words.agencyForbids}</p>` : nothing}
      </div>
    </fieldset>`
  }

  #choiceOfOwn(own: boolean, choose: () => void) {
    return html`<label class="choice"><input type="checkbox" .checked=${own} @change=${choose} />${words.ownHere}</label>`
  }

  #takeOver(read: Read): void {
    const before = this.base
    if (before) {
      const theirs = changed(before.set, read.set)
      if (changed(before.set, planOf(this.draft)).length && theirs.length)
        this.theirs = theirs.map((name) => words.change(words.fields[name], valueText(name, before.set), valueText(name, read.set)))
      this.draft = rebased(before.set, this.draft, read.set)
    } else this.draft = draftOf(read.set)
    this.base = read
  }

  #reset = () => {
    this.draft = draftOf(this.base!.set)
    this.theirs = []
    this.#saving.forget()
  }

  #save = async (event: Event) => {
    event.preventDefault()
    const { base, home, session } = this
    if (!base) return
    const to = planOf(this.draft)
    const done = await this.#saving.do(async () => {
      const read = await writePlan(session.client, home, base, to)
      this.#show(read)
      tell({
        text: words.saved(changed(base.set, to).length),
        undo: async () => {
          const now = await writePlan(session.client, home, read, base.set)
          this.#show(now, rebased(this.base!.set, this.draft, now.set))
        },
      })
    })
    if (!done && this.#saving.error instanceof PreconditionFailed) await this.#plan.reload()
  }

  #show(read: Read, draft = draftOf(read.set)): void {
    this.theirs = []
    this.draft = draft
    this.base = read
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'plan-form': PlanForm
  }
}
