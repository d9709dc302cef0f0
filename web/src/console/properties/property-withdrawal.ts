import { type ChangePlan, type Job, PlanStale, type Property } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/app-dialog'
import '../../parts/job-progress'
import { namesInPlan } from '../../parts/plan-names'
import '../../parts/plan-view'
import type { Names } from '../../parts/plan-view'
import { propertyName } from '../../parts/property-choice'
import { shared } from '../../parts/shared'
import { words as parts } from '../../parts/words'
import { instantIn } from '../../parts/zones'
import { words } from './words'

/** Withdraws a home: from when and why, then who loses what, then the job that does it. Fires `done` and `close`. */
@customElement('property-withdrawal')
export class PropertyWithdrawal extends LitElement {
  static override styles = [
    shared,
    css`
      form[hidden] {
        display: none;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) home!: Property
  @property() zone = 'UTC'
  @state() private plan: ChangePlan | null = null
  @state() private job: Job | null = null
  #asked: { from: Date | null; reason: string | null } = { from: null, reason: null }
  #names: Names = new Map()
  readonly #acts = new Act(this)

  override render() {
    return html`<app-dialog wide heading=${words.withdrawing(propertyName(this.home))} ?busy=${this.#acts.busy} @close=${this.#leave}>
      <form id="terms" class="stack" ?hidden=${this.plan !== null} @submit=${this.#preview}>
        <p>${words.withdrawMeans}</p>
        <label class="field">${words.withdrawFrom(this.zone)} <input type="datetime-local" name="from" /></label>
        <label class="field">${parts.reason} <textarea name="reason" rows="2" maxlength="500"></textarea></label>
      </form>
      ${this.plan ? this.#planned(this.plan) : nothing} ${this.#acts.refusal} ${this.#actions()}
    </app-dialog>`
  }

  #planned(plan: ChangePlan) {
    if (this.job) return html`<job-progress .client=${this.session.client} .job=${this.job} @ended=${this.#ended}></job-progress>`
    return html`<p>${words.withdrawTakes}</p>
      <plan-view .plan=${plan} .names=${this.#names} zone=${this.zone}></plan-view>`
  }

  #actions() {
    const { busy } = this.#acts
    if (this.job) return html`<button slot="actions" @click=${this.#leave}>${parts.close}</button>`
    if (!this.plan) {
      return html`<button slot="actions" ?disabled=${busy} @click=${this.#leave}>${parts.back}</button>
        <button slot="actions" class="primary" ?disabled=${busy} @click=${this.#ask}>${busy ? parts.doing : words.withdrawPreview}</button>`
    }
    return html`<button slot="actions" ?disabled=${busy} @click=${this.#back}>${parts.back}</button>
      <button slot="actions" class="danger" ?disabled=${busy} @click=${this.#withdraw}>${busy ? parts.doing : words.withdrawIt}</button>`
  }

  #ask = () => this.renderRoot.querySelector('form')?.requestSubmit()

  #preview = async (event: SubmitEvent) => {
    event.preventDefault()
    const given = new FormData(event.target as HTMLFormElement)
    const [from, reason] = [String(given.get('from')), String(given.get('reason')).trim()]
    this.#asked = { from: from ? instantIn(this.zone, from) : null, reason: reason || null }
    await this.#acts.do(() => this.#look())
  }

  async #look(): Promise<void> {
    const { client } = this.session
    const { plan } = (await client.withdrawProperty({ property_id: this.home.id, dry_run: true, ...this.#asked })).data
    this.#names = await namesInPlan(client, plan)
    this.plan = plan
  }

  #withdraw = () =>
    this.#acts.do(async () => {
      try {
        const { data } = await this.session.client.withdrawProperty({ property_id: this.home.id, hash: this.plan!.hash, ...this.#asked })
        this.job = data.job
        this.dispatchEvent(new Event('done'))
      } catch (error) {
        if (error instanceof PlanStale) await this.#look()
        throw error
      }
    })

  #ended = (event: CustomEvent<Job>) => {
    this.job = event.detail
  }

  #back = () => {
    this.plan = null
    this.#acts.forget()
  }

  #leave = () => this.dispatchEvent(new Event('close'))
}

declare global {
  interface HTMLElementTagNameMap {
    'property-withdrawal': PropertyWithdrawal
  }
}
