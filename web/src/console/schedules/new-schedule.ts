import { Problem, type SchedulePlan } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/agent-choice'
import '../../parts/app-dialog'
import '../../parts/property-choice'
import { shared } from '../../parts/shared'
import { viewersZone } from '../../parts/times'
import { words as parts } from '../../parts/words'
import { dateIn } from '../../parts/zones'
import { DAYS, ruleOf } from './recurrence'
import './schedule-plan'
import { words } from './words'

type Asked = Parameters<Session['client']['previewSchedule']>[0]

/** Makes a schedule: its form, then the plan of what it would make, and then it is made. Fires `done` and `close`. */
@customElement('new-schedule')
export class NewSchedule extends LitElement {
  static override styles = [
    shared,
    css`
      form[hidden] {
        display: none;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @state() private home = ''
  @state() private agent = ''
  @state() private zone = viewersZone
  @state() private asked: Asked | null = null
  @state() private plan: SchedulePlan | null = null
  readonly #acts = new Act(this)

  override render() {
    return html`<app-dialog wide heading=${this.plan ? words.planned : words.make} ?busy=${this.#acts.busy} @close=${this.#close}>
      <form class="stack" ?hidden=${this.plan !== null} @submit=${this.#preview}>${this.#fields()}</form>
      ${this.plan ? html`<schedule-plan .plan=${this.plan} zone=${this.zone}></schedule-plan>` : nothing}
      ${this.#acts.refusal}
      ${
        this.plan
          ? html`<button slot="actions" ?disabled=${this.#acts.busy} @click=${this.#back}>${parts.back}</button>
              <button slot="actions" class="primary" ?disabled=${this.#acts.busy || this.plan.slots.length === 0} @click=${this.#make}>
                ${this.#acts.busy ? parts.doing : words.makeIt}
              </button>`
          : html`<button slot="actions" class="primary" ?disabled=${this.#acts.busy} @click=${this.#preview}>
              ${this.#acts.busy ? parts.doing : words.preview}
            </button>`
      }
    </app-dialog>`
  }

  #fields() {
    const { me } = this.session
    return html`
      <property-choice required .session=${this.session} label=${words.home} value=${this.home} @change=${this.#chooseHome}></property-choice>
      ${
        me.agent?.role === 'admin'
          ? html`<agent-choice
              .session=${this.session}
              label=${words.agent}
              value=${this.agent || me.agent.id}
              @change=${(event: Event) => (this.agent = (event.target as HTMLInputElement).value)}
            ></agent-choice>`
          : nothing
      }
      <fieldset>
        <legend class="label">${words.on}</legend>
        <div class="row">
          ${DAYS.map((day) => html`<label class="choice"><input type="checkbox" name="days" value=${day} />${words.days[day]}</label>`)}
        </div>
      </fieldset>
      <div class="row">
        <label class="field">${words.from}<input name="from" type="time" required value="10:00" /></label>
        <label class="field">${words.to}<input name="to" type="time" required value="12:00" /></label>
        <label class="field">${words.first}<input name="first" type="date" required value=${dateIn(viewersZone, new Date())} /></label>
        <label class="field">${words.last}<input name="last" type="date" /></label>
        <label class="field">${words.every}<input name="every" type="number" required min="1" max="52" value="1" /></label>
      </div>
      <div class="row">
        <label class="field">${words.minutes}<input name="minutes" type="number" required min="5" max="1440" value="30" /></label>
        <label class="field">${words.gap}<input name="gap" type="number" required min="0" max="1440" value="0" /></label>
        <label class="field">${words.capacity}<input name="capacity" type="number" required min="1" value="1" /></label>
        <label class="field">${words.ahead}<input name="horizon" type="number" required min="1" value="28" /></label>
      </div>
      <label class="field">
        ${words.zone}
        <input name="zone" required .value=${this.zone} @change=${(event: Event) => (this.zone = (event.target as HTMLInputElement).value)} />
      </label>
    `
  }

  #chooseHome = async (event: Event) => {
    const property_id = (event.target as HTMLInputElement).value
    this.home = property_id
    if (!property_id) return
    try {
      const { time_zone } = (await this.session.client.getProperty({ property_id })).data.property
      if (time_zone && this.home === property_id) this.zone = time_zone
    } catch (error) {
      this.#acts.refuse(error)
    }
  }

  #preview = async (event: Event) => {
    event.preventDefault()
    const form = this.renderRoot.querySelector('form')!
    const given = new FormData(form)
    const days = given.getAll('days') as string[]
    const box = form.querySelector<HTMLInputElement>('[name=days]')!
    box.setCustomValidity(days.length ? '' : words.someDay)
    if (!form.reportValidity()) return
    if (!this.home) return this.renderRoot.querySelector('property-choice')?.focus()
    const text = (name: string) => String(given.get(name) ?? '')
    const hours = {
      days,
      every: Number(text('every')),
      first: text('first'),
      last: text('last') || null,
      from: text('from'),
      to: text('to'),
    }
    this.asked = {
      property_id: this.home,
      ...(this.agent ? { agent_id: this.agent } : {}),
      time_zone: this.zone,
      rules: [ruleOf(hours)],
      slot_minutes: Number(text('minutes')),
      gap_minutes: Number(text('gap')),
      capacity: Number(text('capacity')),
      horizon_days: Number(text('horizon')),
    }
    await this.#acts.do(async () => {
      this.plan = (await this.session.client.previewSchedule(this.asked!)).data
    })
  }

  #make = () =>
    this.#acts.do(async () => {
      try {
        await this.session.client.createSchedule({ ...this.asked!, hash: this.plan!.hash })
      } catch (error) {
        if (error instanceof Problem && error.code === 'plan_stale') {
          this.plan = (await this.session.client.previewSchedule(this.asked!)).data
        }
        throw error
      }
      this.dispatchEvent(new Event('done'))
    })

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
