import { type Job, PlanStale, PreconditionFailed, type Schedule, type ScheduleChangePlan } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/app-dialog'
import '../../parts/app-skeleton'
import '../../parts/job-progress'
import { namesInPlan } from '../../parts/plan-names'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { words as parts } from '../../parts/words'
import { type Asked, ask, type Change, isNothing, kindOf, sorted } from './change'
import type { Names } from './names'
import './schedule-change-plan'
import { words } from './words'

/**
 * Shows what a change of a schedule does, and does it once that was looked at. Where something else would happen by then, or
 * somebody has changed the schedule, that is told and the new plan is shown. Fires `done`, with the schedule that goes on
 * where there is one, and `close`.
 */
@customElement('confirm-change')
export class ConfirmChange extends LitElement {
  static override styles = [
    shared,
    css`
      fieldset {
        min-inline-size: 0;
        margin: 0;
        padding: 0;
        border: 0;
      }
      .choice {
        min-block-size: 2rem;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) schedule!: Schedule
  @property() etag = ''
  @property({ attribute: false }) change!: Change
  @property({ attribute: false }) names: Names = new Map()
  @state() private plan: ScheduleChangePlan | null = null
  @state() private people: Names = new Map()
  @state() private booked: Asked['booked'] = 'keep'
  @state() private news = ''
  @state() private job: Job | null = null
  readonly #acts = new Act(this)
  #following: string | null = null

  override connectedCallback() {
    super.connectedCallback()
    if (!this.plan) void this.#acts.do(() => this.#look())
  }

  override render() {
    const { busy, refusal } = this.#acts
    const kind = kindOf(this.change)
    const ends = !this.change.terms || this.booked === 'cancel'
    return html`<app-dialog wide heading=${words.plans[kind] ?? ''} ?busy=${busy} @close=${this.#leave}>
      ${this.job ? this.#working(this.job) : this.plan ? this.#shown(this.plan) : busy ? html`<app-skeleton lines="4"></app-skeleton>` : nothing} ${refusal}
      ${
        this.job
          ? nothing
          : html`<button slot="actions" ?disabled=${busy} @click=${this.#leave}>${parts.back}</button>
              <button slot="actions" class=${ends ? 'danger' : 'primary'} ?disabled=${busy || !this.plan || isNothing(this.change, sorted(this.plan))} @click=${this.#do}>
                ${busy ? parts.doing : words.acts[kind]}
              </button>`
      }
    </app-dialog>`
  }

  #shown(plan: ScheduleChangePlan) {
    const asks = this.booked === 'cancel' || plan.occurrences.some(({ kept }) => kept === 'booked')
    return html`${this.news ? html`<p class="notice" role="status">${this.news}</p>` : nothing}
      ${asks ? this.#choice() : nothing}
      <schedule-change-plan
        .plan=${plan}
        .change=${this.change}
        .names=${new Map([...this.names, ...this.people])}
        zone=${this.schedule.time_zone}
      ></schedule-change-plan>`
  }

  #choice() {
    const one = (booked: Asked['booked'], label: string) => html`<label class="choice">
      <input type="radio" name="booked" .checked=${this.booked === booked} ?disabled=${this.#acts.busy} @change=${() => this.#choose(booked)} />${label}
    </label>`
    return html`<fieldset>
        <legend class="label">${words.booked}</legend>
        ${one('keep', words.bookedKeep)} ${one('cancel', words.bookedCancel)}
      </fieldset>
      ${
        this.booked === 'cancel'
          ? html`<label class="field">${words.reason}<textarea id="reason" rows="2" maxlength="500"></textarea></label>`
          : nothing
      }`
  }

  #working = (job: Job) => html`<p>${words.inSteps}</p>
    <job-progress .client=${this.session.client} .job=${job} @ended=${this.#ended}></job-progress>`

  #choose(booked: Asked['booked']) {
    this.booked = booked
    this.news = ''
    void this.#acts.do(() => this.#look())
  }

  #asked(): Asked {
    const { change, booked, etag } = this
    const reason = this.renderRoot.querySelector<HTMLTextAreaElement>('#reason')?.value.trim()
    return { schedule_id: this.schedule.id, etag, change, booked, ...(reason && { reason }) }
  }

  /** Reads the plan of now, of the schedule as it is now. */
  async #look(): Promise<void> {
    const { client } = this.session
    const { plan } = await ask(client, this.#asked()).catch(async (error) => {
      if (!(error instanceof PreconditionFailed)) throw error
      this.etag = (await client.getSchedule({ schedule_id: this.schedule.id })).etag ?? '*'
      this.news = words.others
      return ask(client, this.#asked())
    })
    const slots = plan.occurrences.flatMap(({ slot }) => (slot && slot.claims.length + slot.waitlist.length > 0 ? [slot] : []))
    this.people = await namesInPlan(client, { hash: plan.hash, slots })
    this.plan = plan
  }

  #do = async () => {
    let answered = false
    this.news = ''
    await this.#acts.do(async () => {
      try {
        const { following, job } = await ask(this.session.client, this.#asked(), this.plan!.hash)
        this.#following = following?.id ?? null
        this.job = job
        answered = true
      } catch (error) {
        if (!(error instanceof PlanStale || error instanceof PreconditionFailed)) throw error
        await this.#look()
        this.news ||= words.planMoved
      }
    })
    if (answered && !this.job) this.#ended()
  }

  #ended = () => {
    tell({ text: words.done[kindOf(this.change)] ?? '' })
    this.dispatchEvent(new CustomEvent('done', { detail: this.#following }))
  }

  /** Once it is under way it goes on by itself. */
  #leave = () => {
    if (this.job) this.#ended()
    else this.dispatchEvent(new Event('close'))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'confirm-change': ConfirmChange
  }
}
