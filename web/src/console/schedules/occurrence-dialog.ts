import type { PatchScheduleData, Schedule, ScheduleOccurrence } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import '../../parts/app-dialog'
import { shared } from '../../parts/shared'
import { momentOf } from '../../parts/times'
import { words as parts } from '../../parts/words'
import { localIn } from '../../parts/zones'
import type { Change } from './change'
import './change-schedule'
import './confirm-change'
import type { Names } from './names'
import { BOUNDS } from './terms'
import { words } from './words'

/** What can be done about one occurrence of a schedule, and about those that follow it. Fires `done` and `close`. */
@customElement('occurrence-dialog')
export class OccurrenceDialog extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) schedule!: Schedule
  @property() etag = ''
  @property({ attribute: false }) names: Names = new Map()
  @property({ attribute: false }) one!: ScheduleOccurrence
  @state() private change: Change | null = null
  @state() private changing = false
  @state() private same = false

  override render() {
    const { occurrence } = this.one
    return html`<app-dialog heading=${words.what(momentOf(this.#start, this.schedule.time_zone))} @close=${this.#close}>
        <section class="stack" aria-labelledby="this">
          <div>
            <h3 id="this">${words.thisOne}</h3>
            <p class="faint">${words.thisOneAdvice}</p>
          </div>
          ${this.#form()}
        </section>
        <section class="stack" aria-labelledby="following">
          <div>
            <h3 id="following">${words.fromHere}</h3>
            <p class="faint">${words.fromHereAdvice}</p>
          </div>
          <div class="row">
            <button @click=${() => (this.changing = true)}>${words.changeFromHere}</button>
            <button class="danger" @click=${() => (this.change = { scope: 'following', occurrence })}>${words.endFromHere}</button>
          </div>
        </section>
        <button slot="actions" @click=${this.#close}>${parts.close}</button>
      </app-dialog>
      ${this.#next()}`
  }

  #form = () => html`<form class="stack" @submit=${this.#changeThis} @input=${() => (this.same = false)}>
    <label class="field">
      ${words.newStart}
      <input name="start" type="datetime-local" required .value=${this.#local()} />
    </label>
    <label class="field">
      ${words.thisMinutes}<input name="slot_minutes" type="number" min=${BOUNDS.slot_minutes[0]} max=${BOUNDS.slot_minutes[1]} />
    </label>
    <label class="field">${words.thisCapacity}<input name="capacity" type="number" min=${BOUNDS.capacity[0]} max=${BOUNDS.capacity[1]} /></label>
    ${this.same ? html`<p class="fault" role="alert">${words.same}</p>` : nothing}
    <div class="row">
      <button class="primary">${words.look}</button>
      <button type="button" class="danger" @click=${() => (this.change = { scope: 'this', occurrence: this.one.occurrence })}>
        ${words.cancelThis}
      </button>
    </div>
  </form>`

  #next() {
    const done = ({ detail }: CustomEvent<string | null>) => this.dispatchEvent(new CustomEvent('done', { detail }))
    if (this.changing) {
      return html`<change-schedule
        .session=${this.session}
        .schedule=${this.schedule}
        etag=${this.etag}
        .names=${this.names}
        from=${this.one.occurrence}
        @done=${done}
        @close=${() => (this.changing = false)}
      ></change-schedule>`
    }
    if (!this.change) return nothing
    return html`<confirm-change
      .session=${this.session}
      .schedule=${this.schedule}
      etag=${this.etag}
      .change=${this.change}
      .names=${this.names}
      @done=${done}
      @close=${() => (this.change = null)}
    ></confirm-change>`
  }

  get #start(): Date {
    return this.one.slot?.start_time ?? this.one.start_time
  }

  #local = () => localIn(this.schedule.time_zone, this.#start).slice(0, 16)

  #changeThis = (event: SubmitEvent) => {
    event.preventDefault()
    const given = new FormData(event.target as HTMLFormElement)
    const terms: PatchScheduleData['body'] = {}
    const start = String(given.get('start'))
    if (start !== this.#local()) terms.start = `${start}:00`
    for (const name of ['slot_minutes', 'capacity'] as const) if (given.get(name)) terms[name] = Number(given.get(name))
    this.same = Object.keys(terms).length === 0
    if (!this.same) this.change = { scope: 'this', occurrence: this.one.occurrence, terms }
  }

  #close = () => this.dispatchEvent(new Event('close'))
}

declare global {
  interface HTMLElementTagNameMap {
    'occurrence-dialog': OccurrenceDialog
  }
}
