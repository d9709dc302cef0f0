import type { Schedule } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { agentName } from '../../parts/agent-choice'
import '../../parts/app-empty'
import { propertyName } from '../../parts/property-choice'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import './new-schedule'
import { daysOf } from './recurrence'
import { words } from './words'

interface Shown {
  schedules: Schedule[]
  names: ReadonlyMap<string, string>
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
        const { each } = this.session.client
        const [schedules, homes, agents] = await Promise.all([
          Array.fromAsync(each.listSchedules({ limit: 100 }, { signal })),
          Array.fromAsync(each.listProperties({ limit: 100 }, { signal })),
          Array.fromAsync(each.listAgents({ limit: 100 }, { signal })),
        ])
        const names = new Map([
          ...homes.map((one) => [one.id, propertyName(one)] as const),
          ...agents.map((one) => [one.id, agentName(one)] as const),
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
        ${this.#shown.render(({ schedules, names }) =>
          schedules.length === 0
            ? html`<app-empty told=${words.none}>${words.advice}</app-empty>`
            : html`<ul class="plain stack">
                ${schedules.map((one) => this.#schedule(one, names))}
              </ul>`,
        )}
      </div>
      ${
        this.making
          ? html`<new-schedule .session=${this.session} @done=${this.#made} @close=${() => (this.making = false)}></new-schedule>`
          : nothing
      }`
  }

  #schedule = (one: Schedule, names: Shown['names']) => html`<li class="card stack">
    <div class="row between">
      <h2>${names.get(one.property_id) ?? propertyName({ id: one.property_id, label: null })}</h2>
      ${one.status === 'ended' ? html`<span class="badge">${words.ended}</span>` : nothing}
    </div>
    ${one.rules.map(
      ({ start, recurrence, until_time }) =>
        html`<p>
          ${
            daysOf(recurrence)
              .map((day) => words.days[day])
              .join(', ') || words.single
          }:
          ${start.slice(11, 16)}${until_time ? ` – ${until_time.slice(0, 5)}` : ''}
        </p>`,
    )}
    <p class="faint">
      ${names.get(one.agent_id) ?? agentName({ id: one.agent_id, name: null, email: null })} ·
      ${words.slots(one.slot_minutes, one.gap_minutes, one.capacity)} · ${words.horizon(one.horizon_days)} · ${one.time_zone}
    </p>
  </li>`

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
