import type { AgentCalendar } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import '../../parts/confirm-dialog'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { momentOf } from '../../parts/times'
import './calendar-dialog'
import { ownCalendar } from './own-calendar'
import { words } from './words'

/** Which calendar of an agent is read, and how that goes; with ways to change and to end it. */
@customElement('agents-calendar')
export class AgentsCalendar extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) agent!: { id: string; name: string }
  @property() zone = 'UTC'
  @state() private open: 'put' | 'end' | null = null

  #calendar!: Reading<AgentCalendar | null>

  override connectedCallback() {
    this.#calendar ??= new Reading(this, {
      read: (signal) => ownCalendar(this.session.client, this.agent.id, signal),
      live: this.session.live,
      on: ['agent_calendar.'],
      lines: 1,
    })
    super.connectedCallback()
  }

  override render() {
    return this.#calendar.render((calendar) => this.#shown(calendar))
  }

  #shown(calendar: AgentCalendar | null) {
    const { name } = this.agent
    return html`<div class="row between">
        <div>
          <h3>${words.calendar}</h3>
          ${this.#state(calendar)}
        </div>
        <div class="row">
          <button aria-label=${`${calendar ? words.change : words.read}: ${name}`} @click=${() => (this.open = 'put')}>
            ${calendar ? words.change : words.read}
          </button>
          ${
            calendar
              ? html`<button class="danger" aria-label=${`${words.stop}: ${name}`} @click=${() => (this.open = 'end')}>${words.stop}</button>`
              : nothing
          }
        </div>
      </div>
      ${
        this.open === 'put'
          ? html`<calendar-dialog .client=${this.session.client} .agent=${this.agent} .calendar=${calendar} @done=${this.#done} @close=${this.#close}></calendar-dialog>`
          : nothing
      }
      ${
        this.open === 'end'
          ? html`<confirm-dialog
              heading=${words.stopHeading(name)}
              consequence=${words.stopMeans}
              action=${words.stop}
              .act=${this.#stop}
              @close=${this.#close}
            ></confirm-dialog>`
          : nothing
      }`
  }

  #state(calendar: AgentCalendar | null) {
    if (!calendar) return html`<p class="small faint">${words.noCalendar}</p>`
    const { host, read_at, failing_since } = calendar
    const read = read_at ? words.readAt(host, momentOf(read_at, this.zone)) : words.readSoon(host)
    return html`<p class="small">${read}</p>
      ${failing_since ? html`<p class="small fault">${words.failing(momentOf(failing_since, this.zone))}</p>` : nothing}`
  }

  #stop = async () => {
    await this.session.client.deleteAgentCalendar({ agent_id: this.agent.id })
    tell({ text: words.stopped })
    void this.#calendar.reload()
  }

  #done = () => {
    this.#close()
    void this.#calendar.reload()
  }

  #close = () => {
    this.open = null
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'agents-calendar': AgentsCalendar
  }
}
