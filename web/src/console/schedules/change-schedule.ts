import type { Schedule } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import '../../parts/app-dialog'
import { shared } from '../../parts/shared'
import { words as parts } from '../../parts/words'
import { dateIn } from '../../parts/zones'
import type { Change } from './change'
import './confirm-change'
import { dateText } from './local-days'
import type { Names } from './names'
import './schedule-terms'
import { changed, type Terms, termsOf } from './terms'
import { words } from './words'

/** Gives a schedule other terms, from an occurrence on or altogether: its form, then its plan. Fires `done` and `close`. */
@customElement('change-schedule')
export class ChangeSchedule extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) schedule!: Schedule
  @property() etag = ''
  @property({ attribute: false }) names: Names = new Map()
  /** The local start of the first occurrence that is changed; none: all to come. */
  @property() from = ''
  @state() private terms!: Terms
  @state() private change: Change | null = null
  @state() private same = false
  @query('schedule-terms') private fields!: HTMLElementTagNameMap['schedule-terms']
  #before!: Terms
  #seen = ''

  override connectedCallback() {
    super.connectedCallback()
    this.#before ??= termsOf(this.schedule)
    this.terms ??= this.#before
    this.#seen ||= this.etag
  }

  override render() {
    return html`<app-dialog wide heading=${this.from ? words.changingFrom(dateText(this.from)) : words.changing} @close=${this.#close}>
        <schedule-terms
          .terms=${this.terms}
          first=${this.from.slice(0, 10) || dateIn(this.schedule.time_zone, new Date())}
          @change=${({ detail }: CustomEvent<Terms>) => this.#enter(detail)}
        ></schedule-terms>
        ${this.same ? html`<p class="fault" role="alert">${words.same}</p>` : nothing}
        <button slot="actions" @click=${this.#close}>${parts.back}</button>
        <button slot="actions" class="primary" @click=${this.#look}>${words.look}</button>
      </app-dialog>
      ${
        this.change
          ? html`<confirm-change
              .session=${this.session}
              .schedule=${this.schedule}
              etag=${this.#seen}
              .change=${this.change}
              .names=${this.names}
              @done=${({ detail }: CustomEvent<string | null>) => this.dispatchEvent(new CustomEvent('done', { detail }))}
              @close=${() => (this.change = null)}
            ></confirm-change>`
          : nothing
      }`
  }

  #enter(terms: Terms) {
    this.terms = terms
    this.same = false
  }

  #look = () => {
    if (!this.fields.check()) return
    const terms = changed(this.#before, this.terms)
    this.same = Object.keys(terms).length === 0
    if (!this.same) this.change = this.from ? { scope: 'following', occurrence: this.from, terms } : { scope: 'all', terms }
  }

  #close = () => this.dispatchEvent(new Event('close'))
}

declare global {
  interface HTMLElementTagNameMap {
    'change-schedule': ChangeSchedule
  }
}
