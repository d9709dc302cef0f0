import type { Schedule } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import '../../parts/app-empty'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { type Names, nameOf, readNames } from './names'
import './new-schedule'
import { read } from './recurrence'
import { said } from './sentences'
import { words } from './words'

interface Shown {
  schedules: Schedule[]
  names: Names
}

/** The agency's schedules, and a way to make one. */
@customElement('agency-schedules')
export class AgencySchedules extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @state() private making = false
  #shown!: Reading<Shown>

  override connectedCallback() {
    this.#shown ??= new Reading<Shown>(this, {
      read: async (signal) => {
        const { client } = this.session
        const [schedules, names] = await Promise.all([
          Array.fromAsync(client.each.listSchedules({ limit: 100 }, { signal })),
          readNames(client, signal),
        ])
        return { schedules, names }
      },
      live: this.session.live,
      on: ['slot.', 'schedule.'],
      order: ({ schedules }) => schedules.map(({ id }) => id),
    })
    super.connectedCallback()
  }

  override render() {
    return html`<div class="stack">
        <div class="row between">
          <h1>${words.title}</h1>
          <button class="primary" @click=${() => (this.making = true)}>${words.make}</button>
        </div>
        ${this.#shown.render(({ schedules, names }) => {
          if (schedules.length === 0) return html`<app-empty told=${words.none}>${words.advice}</app-empty>`
          const past = schedules.filter(({ status }) => status === 'ended')
          const active = schedules.filter(({ status }) => status !== 'ended')
          return html`${active.length ? this.#list(active, names) : html`<app-empty told=${words.none}>${words.advice}</app-empty>`}
            ${past.length ? html`<details><summary>${words.past(past.length)}</summary>${this.#list(past, names)}</details>` : nothing}`
        })}
      </div>
      ${
        this.making
          ? html`<new-schedule .session=${this.session} @done=${this.#made} @close=${() => (this.making = false)}></new-schedule>`
          : nothing
      }`
  }

  #list = (all: readonly Schedule[], names: Shown['names']) => html`<ul class="plain stack">
    ${all.map((one) => this.#schedule(one, names))}
  </ul>`

  #schedule(one: Schedule, names: Shown['names']) {
    const home = nameOf(names, one.property_id)
    return html`<li class="card stack">
      <div class="row between">
        <h2><a href="/app/schedules/${one.id}">${home}</a></h2>
        ${one.status === 'ended' ? html`<span class="badge">${words.ended}</span>` : nothing}
      </div>
      <div>${one.rules.map((rule) => said(read(rule)).map((text) => html`<p>${text}</p>`))}</div>
      <p class="faint">
        ${nameOf(names, one.agent_id)} ·
        ${words.slots(one.slot_minutes, one.gap_minutes, one.capacity)} · ${words.horizon(one.horizon_days)} · ${one.time_zone}
      </p>
    </li>`
  }

  #made = () => {
    this.making = false
    tell({ text: words.made })
    void this.#shown.reload()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'agency-schedules': AgencySchedules
  }
}
