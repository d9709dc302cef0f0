import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import '../../parts/agent-choice'
import { shared } from '../../parts/shared'
import { dateIn } from '../../parts/zones'
import { type Entered, spanOf } from './span'
import { words } from './words'

/** An absence as it is asked for. */
export type Absence = Parameters<Session['client']['beginAbsence']>[0]
type HandOver = Absence['hand_over']

/** The form of an absence: whose, from when to when (`initial` is what stands there first), who takes the slots, and what becomes of those that nobody can. */
@customElement('absence-form')
export class AbsenceForm extends LitElement {
  static override styles = [
    shared,
    css`
      fieldset {
        min-inline-size: 0;
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend {
        padding: 0;
      }
      .field .small {
        font-weight: 400;
      }
      fieldset .choice {
        min-block-size: 2rem;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property() zone = 'UTC'
  @property() agent = ''
  @property({ attribute: false }) initial!: Entered
  @property() handOver: HandOver = 'any'
  @state() private span!: Entered
  @state() private colleague = ''
  @query('form') private form!: HTMLFormElement

  override connectedCallback() {
    super.connectedCallback()
    this.span ??= this.initial
  }

  /** What is asked for; null where something is missing, which is then told and focused. */
  given(): Absence | null {
    const to = this.form.querySelector<HTMLInputElement>('[name=to]')!
    const [start, end] = spanOf(this.zone, this.span)
    to.setCustomValidity(start < end ? '' : words.endsBefore)
    if (!this.form.reportValidity()) return null
    const { handOver: hand_over, colleague } = this
    if (hand_over === 'to' && !colleague) {
      this.form.querySelector<HTMLElement>('#colleague')?.focus()
      return null
    }
    const given = new FormData(this.form)
    return {
      agent_id: this.agent,
      from: start,
      to: end,
      hand_over,
      ...(hand_over === 'to' && { to_agent_id: colleague }),
      left: hand_over !== 'cancel' && given.get('left') === 'cancel' ? 'cancel' : 'keep',
      reason: String(given.get('reason')).trim() || null,
    }
  }

  override render() {
    const { session, handOver } = this
    return html`<form class="stack" @submit=${(event: Event) => event.preventDefault()}>
      ${
        session.me.agent?.role === 'admin'
          ? html`<agent-choice
              .session=${session}
              label=${words.who}
              value=${this.agent}
              @change=${(event: Event) => (this.agent = (event.target as HTMLInputElement).value)}
            ></agent-choice>`
          : nothing
      }
      ${this.#times()}
      <fieldset>
        <legend class="label">${words.handOver}</legend>
        ${(['any', 'to', 'cancel'] as const).map((one) =>
          this.#radio('hand_over', one, words.handOvers[one], one === handOver, () => (this.handOver = one)),
        )}
      </fieldset>
      ${
        handOver === 'to'
          ? html`<agent-choice
              id="colleague"
              required
              .session=${session}
              label=${words.colleague}
              except=${this.agent}
              value=${this.colleague}
              @change=${(event: Event) => (this.colleague = (event.target as HTMLInputElement).value)}
            ></agent-choice>`
          : nothing
      }
      ${
        handOver === 'cancel'
          ? nothing
          : html`<fieldset>
              <legend class="label">${words.left}</legend>
              ${(['keep', 'cancel'] as const).map((one) => this.#radio('left', one, words.lefts[one], one === 'keep'))}
            </fieldset>`
      }
      <label class="field">
        ${words.reason}<input name="reason" maxlength="500" /><span class="small faint">${words.reasonOwn}</span>
      </label>
    </form>`
  }

  #times() {
    const { whole, from, to } = this.span
    const type = whole ? 'date' : 'datetime-local'
    const today = dateIn(this.zone, new Date())
    const set = (given: Partial<Entered>) => (this.span = { ...this.span, ...given })
    const one = (name: 'from' | 'to', label: string, value: string) => html`<label class="field">
      ${label}
      <input
        name=${name}
        type=${type}
        required
        min=${name === 'to' ? (whole ? today : `${today}T00:00`) : nothing}
        .value=${value}
        @change=${(event: Event) => set({ [name]: (event.target as HTMLInputElement).value })}
      />
    </label>`
    return html`<label class="choice"><input type="checkbox" .checked=${whole} @change=${this.#turn} />${words.whole}</label>
      <div class="row">${one('from', whole ? words.firstDay : words.from, from)} ${one('to', whole ? words.lastDay : words.to, to)}</div>`
  }

  #radio = (name: string, value: string, label: string, checked: boolean, choose?: () => void) => html`<label class="choice">
    <input type="radio" name=${name} value=${value} ?checked=${checked} @change=${choose ?? nothing} />${label}
  </label>`

  #turn = () => {
    const { whole, from, to } = this.span
    this.span = whole
      ? { whole: false, from: `${from}T09:00`, to: `${to}T18:00` }
      : { whole: true, from: from.slice(0, 10), to: to.slice(0, 10) }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'absence-form': AbsenceForm
  }
}
