import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { go } from '../../app/router'
import type { Session } from '../../app/session'
import { agentName } from '../../parts/agent-choice'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { viewersZone, zoneName } from '../../parts/times'
import '../week/block-dialog'
import './absence-dialog'
import { type AbsenceAt, absenceAsked } from './address'
import './agents-blocks'
import type { AgentsTimes } from './agents-times'
import { words } from './words'

const MOST = 12 // agents who are shown beside each other
const DAY = 86_400_000
const HOUR = 3_600_000

interface Shown {
  zone: string
  agents: { id: string; name: string }[]
  times: AgentsTimes[]
}

/** When agents have no slots in the weeks ahead: what they have blocked, absences, and busy times of their own calendars. */
@customElement('agency-absences')
export class AgencyAbsences extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @state() private agent = ''
  @state() private days = 28
  @state() private blocking: Date | null = null
  @state() private leaving: Partial<AbsenceAt> | null = null
  #shown!: Reading<Shown>

  override connectedCallback() {
    this.#shown ??= new Reading<Shown>(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['block.', 'agent.', 'slot.', 'agent_calendar.'],
      order: ({ times }) => times.flatMap(({ id, blocks }) => [id, ...blocks.map((one) => one.id)]),
      lines: 6,
    })
    super.connectedCallback()
    this.#begin()
  }

  override render() {
    return html`<div class="stack">
      <div class="row between">
        <h1>${words.title}</h1>
        <div class="row">
          <button @click=${() => (this.blocking = new Date(Math.ceil(Date.now() / HOUR) * HOUR))}>${words.block}</button>
          <button class="primary" @click=${() => (this.leaving = { agent_id: this.agent || this.session.me.agent!.id })}>${words.begin}</button>
        </div>
      </div>
      ${this.#shown.render(
        ({ zone, agents, times }) => html`<div class="stack">
          <div class="row">${this.#choices(agents)}</div>
          ${zone === viewersZone ? nothing : html`<p class="small faint">${words.zone(zoneName(zone), zone)}</p>`}
          ${repeat(
            times,
            ({ id }) => id,
            (one) =>
              html`<agents-blocks .session=${this.session} .times=${one} zone=${zone} @done=${this.#done} @absence=${this.#leave}></agents-blocks>`,
          )}
          ${this.blocking ? this.#blockDialog(this.blocking, zone) : nothing} ${this.leaving ? this.#absenceDialog(this.leaving, zone) : nothing}
        </div>`,
      )}
    </div>`
  }

  #choices(agents: Shown['agents']) {
    return html`
      ${
        agents.length > 1
          ? html`<label class="field">
              ${words.agent}
              <select @change=${(event: Event) => this.#choose({ agent: (event.target as HTMLSelectElement).value })}>
                ${agents.length > MOST ? nothing : html`<option value="">${words.everybody}</option>`}
                ${agents.map(({ id, name }) => html`<option value=${id} ?selected=${id === this.agent}>${name}</option>`)}
              </select>
            </label>`
          : nothing
      }
      <label class="field">
        ${words.ahead}
        <select @change=${(event: Event) => this.#choose({ days: Number((event.target as HTMLSelectElement).value) })}>
          ${words.spans.map(([days, name]) => html`<option value=${days} ?selected=${days === this.days}>${name}</option>`)}
        </select>
      </label>
    `
  }

  #blockDialog(start: Date, zone: string) {
    return html`<block-dialog
      .session=${this.session}
      .start=${start}
      .end=${new Date(start.getTime() + HOUR)}
      zone=${zone}
      agent=${this.agent}
      @absence=${this.#leave}
      @done=${this.#done}
      @close=${() => (this.blocking = null)}
    ></block-dialog>`
  }

  #leave = ({ detail: { agent_id, from, to } }: CustomEvent<AbsenceAt>) => {
    this.blocking = null
    this.leaving = { agent_id, from, to }
  }

  #done = () => {
    this.blocking = null
    this.leaving = null
    void this.#shown.reload()
  }

  #absenceDialog({ agent_id, from, to }: Partial<AbsenceAt>, zone: string) {
    return html`<absence-dialog
      .session=${this.session}
      zone=${zone}
      agent=${agent_id}
      .from=${from}
      .to=${to}
      @done=${this.#done}
      @close=${() => (this.leaving = null)}
    ></absence-dialog>`
  }

  /** Begins the absence that the address asks for; once, so that it does not come again with a reload. */
  #begin(): void {
    this.leaving = absenceAsked(location.search)
    if (this.leaving) go(location.pathname, { replace: true })
  }

  #choose(given: { agent?: string; days?: number }): void {
    this.agent = given.agent ?? this.agent
    this.days = given.days ?? this.days
    void this.#shown.reload()
  }

  async #read(signal: AbortSignal): Promise<Shown> {
    const { client, me } = this.session
    const own = me.agent!
    const [organization, everybody] = await Promise.all([
      client.getOrganization({}, { signal }),
      Array.fromAsync(client.each.listAgents({ limit: 100 }, { signal })),
    ])
    const mine = everybody.filter(({ id, status }) => id === own.id || (own.role === 'admin' && status === 'active'))
    const agents = mine.map((one) => ({ id: one.id, name: agentName(one) }))
    if (!this.agent && agents.length > MOST) this.agent = own.id
    const asked = agents.filter(({ id }) => !this.agent || id === this.agent)
    const from = new Date()
    const between = { from, to: new Date(from.getTime() + this.days * DAY) }
    const times = await Promise.all(
      asked.map(async (one) => ({
        ...one,
        blocks: await Array.fromAsync(client.each.listBlocks({ agent_id: one.id, ...between, limit: 100 }, { signal })),
      })),
    )
    return { zone: organization.data.organization.time_zone ?? 'UTC', agents, times }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'agency-absences': AgencyAbsences
  }
}
