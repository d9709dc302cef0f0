import { PlanStale, type SchedulePlan } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/agent-choice'
import '../../parts/app-dialog'
import '../../parts/property-choice'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { words as parts } from '../../parts/words'
import '../../parts/zone-choice'
import { dateIn } from '../../parts/zones'
import { blank, written } from './recurrence'
import './schedule-plan'
import './schedule-terms'
import type { Terms } from './terms'
import { words } from './words'

type Asked = Parameters<Session['client']['previewSchedule']>[0]

/** Makes a schedule: its form, then the plan of what it would make, and then it is made. Fires `done` and `close`. */
@customElement('new-schedule')
export class NewSchedule extends LitElement {
  static override styles = [
    shared,
    css`
      .form[hidden] {
        display: none;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @state() private home = ''
  @state() private agent = ''
  @state() private zone = ''
  @state() private terms!: Terms
  @state() private plan: SchedulePlan | null = null
  @state() private again = false
  @query('schedule-terms') private fields!: HTMLElementTagNameMap['schedule-terms'] | null
  readonly #acts = new Act(this)
  #asked: Asked | null = null
  #agencys!: Reading<string>

  override connectedCallback() {
    this.agent ||= this.session.me.agent?.id ?? ''
    this.#agencys ??= new Reading(this, { read: (signal) => this.#readZone(signal) })
    super.connectedCallback()
  }

  override render() {
    const { busy, refusal } = this.#acts
    return html`<app-dialog wide heading=${this.plan ? words.planned : words.make} ?busy=${busy} @close=${this.#close}>
      <div class="form stack" ?hidden=${this.plan !== null}>${this.#agencys.render(() => this.#form())}</div>
      ${
        this.plan
          ? html`${this.again ? html`<p class="notice" role="status">${words.planMoved}</p>` : nothing}
              <schedule-plan .plan=${this.plan} zone=${this.zone}></schedule-plan>`
          : nothing
      }
      ${refusal}
      ${
        this.plan
          ? html`<button slot="actions" ?disabled=${busy} @click=${this.#back}>${parts.back}</button>
              <button slot="actions" class="primary" ?disabled=${busy || this.plan.slots.length === 0} @click=${this.#make}>
                ${busy ? parts.doing : words.makeIt}
              </button>`
          : html`<button slot="actions" class="primary" ?disabled=${busy || !this.terms} @click=${this.#preview}>
              ${busy ? parts.doing : words.preview}
            </button>`
      }
    </app-dialog>`
  }

  #form() {
    const admin = this.session.me.agent?.role === 'admin'
    return html`
      <property-choice required .session=${this.session} label=${words.home} value=${this.home} @change=${this.#chooseHome}></property-choice>
      ${
        admin
          ? html`<agent-choice
              .session=${this.session}
              label=${words.agent}
              value=${this.agent}
              @change=${(event: Event) => (this.agent = (event.target as HTMLInputElement).value)}
            ></agent-choice>`
          : nothing
      }
      <zone-choice label=${words.zone} value=${this.zone} @change=${(event: Event) => (this.zone = (event.target as HTMLInputElement).value)}></zone-choice>
      <schedule-terms
        .terms=${this.terms}
        first=${dateIn(this.zone, new Date())}
        @change=${({ detail }: CustomEvent<Terms>) => (this.terms = detail)}
      ></schedule-terms>
    `
  }

  /** The zone is the home's, or else the agency's, and never the viewer's. */
  async #readZone(signal: AbortSignal): Promise<string> {
    const zone = (await this.session.client.getOrganization({}, { signal })).data.organization.time_zone ?? 'UTC'
    this.zone ||= zone
    this.terms ??= { rules: [blank(dateIn(zone, new Date()))], slot_minutes: 30, gap_minutes: 0, capacity: 1, horizon_days: 28 }
    return zone
  }

  #chooseHome = async (event: Event) => {
    const property_id = (event.target as HTMLInputElement).value
    this.home = property_id
    if (!property_id) return
    try {
      const { time_zone } = (await this.session.client.getProperty({ property_id })).data.property
      if (this.home === property_id) this.zone = time_zone ?? this.#agencys.value ?? this.zone
    } catch (error) {
      this.#acts.refuse(error)
    }
  }

  #preview = async () => {
    if (!this.home) return this.renderRoot.querySelector('property-choice')?.focus()
    if (!this.fields?.check()) return
    const { rules, ...numbers } = this.terms
    this.#asked = {
      property_id: this.home,
      ...(this.agent && { agent_id: this.agent }),
      time_zone: this.zone,
      rules: rules.map(written),
      ...numbers,
    }
    this.again = false
    await this.#acts.do(() => this.#look())
  }

  #make = async () => {
    this.again = false
    const done = await this.#acts.do(async () => {
      try {
        await this.session.client.createSchedule({ ...this.#asked!, hash: this.plan!.hash })
        return
      } catch (error) {
        if (!(error instanceof PlanStale)) throw error
      }
      await this.#look()
      this.again = true
    })
    if (done && !this.again) this.dispatchEvent(new Event('done'))
  }

  async #look(): Promise<void> {
    this.plan = (await this.session.client.previewSchedule(this.#asked!)).data
  }

  #back = () => {
    this.plan = null
    this.#acts.forget()
  }

  #close = () => this.dispatchEvent(new Event('close'))
}

declare global {
  interface HTMLElementTagNameMap {
    'new-schedule': NewSchedule
  }
}
