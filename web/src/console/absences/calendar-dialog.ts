import type { AgentCalendar, BookingClient } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { Act } from '../../parts/act'
import '../../parts/app-dialog'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { words as parts } from '../../parts/words'
import { words } from './words'

/** Says which calendar of an agent is read, in place of the one before. Fires `done` and `close`. */
@customElement('calendar-dialog')
export class CalendarDialog extends LitElement {
  static override styles = [
    shared,
    css`
      ul {
        margin: 0;
      }
    `,
  ]
  @property({ attribute: false }) client!: BookingClient
  @property({ attribute: false }) agent!: { id: string; name: string }
  @property({ attribute: false }) calendar: AgentCalendar | null = null
  readonly #acts = new Act(this)

  override render() {
    return html`<app-dialog heading=${words.readOf(this.agent.name)} ?busy=${this.#acts.busy} @close=${this.#close}>
      <p>${words.readMeans}</p>
      <ul>
        <li>${words.onlyBusy}</li>
        <li>${words.overSlots}</li>
        <li>${words.secret}</li>
      </ul>
      <form class="stack" @submit=${this.#put}>
        <label class="field">
          ${words.url}
          <input
            name="url"
            type="url"
            required
            autofocus
            autocomplete="off"
            spellcheck="false"
            pattern="(https|webcal)://.+"
            title=${words.urlIs}
            aria-describedby="advice"
            placeholder="https://"
          />
        </label>
        <p id="advice" class="small faint">${words.urlAdvice}</p>
        ${this.calendar ? html`<p>${words.inPlaceOf(this.calendar.host)}</p>` : nothing}
        ${this.#acts.refusal}
      </form>
      <button slot="actions" ?disabled=${this.#acts.busy} @click=${this.#close}>${parts.back}</button>
      <button slot="actions" class="primary" ?disabled=${this.#acts.busy} @click=${this.#ask}>${this.#acts.busy ? parts.doing : words.read}</button>
    </app-dialog>`
  }

  #ask = () => this.renderRoot.querySelector('form')?.requestSubmit()

  #close = () => this.dispatchEvent(new Event('close'))

  #put = async (event: SubmitEvent) => {
    event.preventDefault()
    const url = String(new FormData(event.target as HTMLFormElement).get('url')).trim()
    if (!(await this.#acts.do(() => this.client.putAgentCalendar({ agent_id: this.agent.id, url })))) return
    tell({ text: words.readNow })
    this.dispatchEvent(new Event('done'))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'calendar-dialog': CalendarDialog
  }
}
