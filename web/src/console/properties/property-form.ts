import { PreconditionFailed } from '@estate-os/booking'
import { html, LitElement, nothing, type PropertyValues } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import { Draft, enteredOf } from '../../parts/draft'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { textField } from '../../parts/text-field'
import { words as parts } from '../../parts/words'
import '../../parts/zone-choice'
import { enteredOfHome, type FieldName, type Known, NAMES, putHome, TEXTS } from './fields'
import { words } from './words'

const NOTE = 2000

/** What is known of a home, to be changed. Fires `stale` once it is known to be otherwise by now: changed here, or by others. */
@customElement('property-form')
export class PropertyForm extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) known!: Known
  /** The zone of the agency, which counts where the home has none. */
  @property() zone = 'UTC'
  @state() private note = ''
  @state() private removing = false
  #draft!: Draft<FieldName>
  readonly #acts = new Act(this)

  override willUpdate(changes: PropertyValues<this>) {
    if (!changes.has('known')) return
    const known = enteredOfHome(this.known.home)
    this.#draft ??= new Draft(known)
    this.#draft.take(known)
  }

  override render() {
    const { entered, theirs, known } = this.#draft
    const dirty = this.#draft.changed.length > 0 || this.note.trim() !== '' || this.removing
    return html`<form class="card stack" @input=${this.#enter} @submit=${this.#save}>
      <h2>${words.known}</h2>
      ${Object.entries(TEXTS).map(([name, field]) => textField(name, entered[name as FieldName], { ...words.fields[name as keyof typeof words.fields], ...field }))}
      <zone-choice
        label=${words.zone}
        optional=${words.agencysZone(this.zone)}
        .value=${entered.time_zone ?? ''}
        @change=${(event: Event) => this.#enterOne('time_zone', (event.target as HTMLInputElement).value)}
      ></zone-choice>
      <div class="field">
        <label for="status">${words.status}</label>
        <select id="status" name="status" aria-describedby="status-advice">
          ${(['active', 'archived'] as const).map((one) => html`<option value=${one} ?selected=${one === entered.status}>${words.states[one]}</option>`)}
        </select>
        <span id="status-advice" class="small faint">${words.statusAdvice}</span>
      </div>
      ${this.#access()}
      ${
        theirs.length
          ? html`<div role="status">
              <p><strong>${words.others}</strong></p>
              <ul>${theirs.map((name) => html`<li>${words.names[name]}: ${known[name] ?? words.empty}</li>`)}</ul>
            </div>`
          : nothing
      }
      ${this.#acts.refusal}
      <div class="row">
        <button class="primary" ?disabled=${this.#acts.busy || !dirty}>${this.#acts.busy ? parts.doing : words.save}</button>
        <button type="button" ?disabled=${this.#acts.busy || !dirty} @click=${this.#reset}>${words.reset}</button>
      </div>
    </form>`
  }

  #access() {
    const there = this.known.home.has_access_note ?? false
    const field = { label: words.note, advice: there ? words.noteThere : words.noteAdvice, most: NOTE, lines: 2 }
    return html`${textField('access_note', this.note, field, this.removing)}
    ${
      there
        ? html`<label class="choice"><input type="checkbox" name="removing" .checked=${this.removing} />${words.noteRemove}</label>`
        : nothing
    }`
  }

  #enter = (event: Event) => {
    const field = event.target as HTMLInputElement
    if (field.name === undefined) return
    if (field.name === 'access_note') this.note = field.value
    else if (field.name === 'removing') this.removing = field.checked
    else this.#enterOne(field.name as FieldName, field.value)
  }

  #enterOne(name: FieldName, value: string) {
    this.#draft.enter(name, value)
    this.requestUpdate()
  }

  #reset = () => {
    this.#draft.reset()
    this.#forgetNote()
    this.#acts.forget()
  }

  #forgetNote() {
    this.note = ''
    this.removing = false
  }

  #save = async (event: Event) => {
    event.preventDefault()
    const { client } = this.session
    const before = this.#draft.known
    const note = this.removing ? null : this.note.trim() || undefined
    await this.#acts.do(async () => {
      try {
        const now = await putHome(client, this.known, enteredOf(NAMES, this.#draft.entered), note)
        this.known = now
        this.#draft.reset(enteredOfHome(now.home))
        this.#forgetNote()
        tell({ text: words.saved, ...(note === undefined && { undo: () => putHome(client, now, before) }) })
        this.dispatchEvent(new Event('stale'))
      } catch (error) {
        if (error instanceof PreconditionFailed) this.dispatchEvent(new Event('stale'))
        throw error
      }
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'property-form': PropertyForm
  }
}
