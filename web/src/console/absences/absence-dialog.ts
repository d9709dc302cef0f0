import { type ChangePlan, type Job, PlanStale } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/app-dialog'
import '../../parts/job-progress'
import { namesInPlan } from '../../parts/plan-names'
import '../../parts/plan-view'
import type { Names } from '../../parts/plan-view'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { words as parts } from '../../parts/words'
import { dateIn } from '../../parts/zones'
import './absence-form'
import type { Absence, AbsenceForm } from './absence-form'
import './absence-left'
import { fatesOf } from './fates'
import { type Entered, enteredOf } from './span'
import { words } from './words'

/**
 * Begins an absence, of today unless `from` and `to` say otherwise: its form, then everything that happens to everybody, then how far it is and what nobody could take. Fires
 * `close`, and `done` before it where something was begun.
 */
@customElement('absence-dialog')
export class AbsenceDialog extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property() zone = 'UTC'
  @property() agent = ''
  @property({ attribute: false }) from: Date | undefined
  @property({ attribute: false }) to: Date | undefined
  @property() handOver: Absence['hand_over'] = 'any'
  @state() private plan: ChangePlan | null = null
  @state() private names: Names = new Map()
  @state() private job: Job | null = null
  @state() private stale = false
  @query('absence-form') private form!: AbsenceForm
  readonly #acts = new Act(this)
  #asked: Absence | null = null
  #span!: Entered

  override connectedCallback() {
    super.connectedCallback()
    const today = dateIn(this.zone, new Date())
    this.#span ??= this.from && this.to ? enteredOf(this.zone, this.from, this.to) : { whole: true, from: today, to: today }
  }

  override render() {
    const { busy, refusal } = this.#acts
    const heading = this.job ? words.working : this.plan ? words.planned : words.begin
    return html`<app-dialog wide heading=${heading} ?busy=${busy} @close=${this.#leave}>
      <absence-form
        ?hidden=${this.plan !== null}
        .session=${this.session}
        zone=${this.zone}
        agent=${this.agent}
        .initial=${this.#span}
        .handOver=${this.handOver}
      ></absence-form>
      ${this.job ? this.#working(this.job) : this.plan ? this.#shown(this.plan) : nothing} ${refusal} ${this.#actions()}
    </app-dialog>`
  }

  #actions() {
    const { busy } = this.#acts
    if (this.job) {
      const left = this.job.ended_at !== null && this.job.failures.length > 0
      return html`${left ? html`<button slot="actions" @click=${this.#again}>${words.again}</button>` : nothing}
        <button slot="actions" class="primary" @click=${this.#leave}>${parts.close}</button>`
    }
    if (!this.plan) {
      return html`<button slot="actions" ?disabled=${busy} @click=${this.#leave}>${parts.back}</button>
        <button slot="actions" class="primary" ?disabled=${busy} @click=${this.#preview}>${busy ? parts.doing : words.preview}</button>`
    }
    const takes = fatesOf(this.plan).cancelled > 0
    return html`<button slot="actions" ?disabled=${busy} @click=${this.#back}>${parts.back}</button>
      <button slot="actions" class=${takes ? 'danger' : 'primary'} ?disabled=${busy} @click=${this.#begin}>
        ${busy ? parts.doing : words.beginIt}
      </button>`
  }

  #shown(plan: ChangePlan) {
    const { moved, cancelled, stays } = fatesOf(plan)
    return html`${this.stale ? html`<p class="badge warning" role="status">${words.stale}</p>` : nothing}
      <p>${words.fromNow}</p>
      ${
        plan.slots.length === 0
          ? html`<p role="status">${words.noSlots}</p>`
          : html`<ul class="plain">
                ${moved ? html`<li>${words.moved(moved)}</li>` : nothing} ${cancelled ? html`<li>${words.cancelled(cancelled)}</li>` : nothing}
                ${stays ? html`<li class="fault">${words.stays(stays)}</li>` : nothing}
              </ul>
              <plan-view .plan=${plan} .names=${this.names} zone=${this.zone}></plan-view>`
      }`
  }

  #working = (job: Job) => html`<job-progress .client=${this.session.client} .job=${job} @ended=${this.#ended}></job-progress>
    ${
      job.ended_at === null
        ? html`<p class="faint">${words.goesOn}</p>`
        : html`<absence-left .job=${job} .plan=${this.plan} .names=${this.names} zone=${this.zone}></absence-left>`
    }`

  #preview = async () => {
    this.#asked = this.form.given()
    if (this.#asked) await this.#acts.do(() => this.#look())
  }

  async #look(): Promise<void> {
    const { client } = this.session
    const { plan } = (await client.beginAbsence({ ...this.#asked!, dry_run: true })).data
    this.names = await namesInPlan(client, plan)
    this.plan = plan
  }

  #begin = () =>
    this.#acts.do(async () => {
      this.stale = false
      try {
        this.job = (await this.session.client.beginAbsence({ ...this.#asked!, hash: this.plan!.hash })).data.job
      } catch (error) {
        if (!(error instanceof PlanStale)) throw error
        await this.#look()
        this.stale = true
      }
    })

  #ended = ({ detail }: CustomEvent<Job>) => {
    this.job = detail
  }

  /** For what nobody could take: another absence at the same time. */
  #again = () => {
    this.handOver = 'cancel'
    this.job = null
    this.#back()
  }

  #back = () => {
    this.plan = null
    this.stale = false
    this.#acts.forget()
  }

  /** Once it is under way it goes on by itself. */
  #leave = () => {
    if (this.job?.ended_at === null) tell({ text: words.begun })
    this.dispatchEvent(new Event(this.job ? 'done' : 'close'))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'absence-dialog': AbsenceDialog
  }
}
