import type { Agent } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import { agentName } from '../../parts/agent-choice'
import '../../parts/app-dialog'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { words as parts } from '../../parts/words'
import { absencePath } from '../absences/address'
import type { Ahead } from './ahead'
import { words } from './words'

const LONG = 120_000 // milliseconds: slots are cancelled one after the other

/** Shuts an agent out: what they have before them is told, and what becomes of it chosen. Fires `done` and `close`. */
@customElement('agent-removal')
export class AgentRemoval extends LitElement {
  static override styles = [
    shared,
    css`
      fieldset {
        display: grid;
        gap: var(--space);
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend {
        padding: 0;
        margin-block-end: var(--space);
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) agent!: Agent
  @property({ attribute: false }) ahead!: Ahead
  @state() private cancels = false
  readonly #acts = new Act(this)

  override render() {
    const { busy } = this.#acts
    return html`<app-dialog heading=${words.removing(agentName(this.agent))} ?busy=${busy} @close=${this.#leave}>
      <form class="stack" @submit=${this.#submit}>
        <p>${words.removeMeans}</p>
        ${this.ahead.slots ? this.#slots() : html`<p>${words.slots(0, false, 0)}</p>`} ${this.#acts.refusal}
      </form>
      <button slot="actions" ?disabled=${busy} @click=${this.#leave}>${parts.back}</button>
      <button slot="actions" class="danger" ?disabled=${busy} @click=${this.#ask}>${busy ? parts.doing : words.removeIt}</button>
    </app-dialog>`
  }

  #slots() {
    const { slots, more, taken, until } = this.ahead
    const handing = absencePath({ agent_id: this.agent.id, from: new Date(), to: until! })
    return html`<p><strong>${words.slots(slots, more, taken)}</strong></p>
      <p>${words.handOver} <a href=${handing}>${words.handOverFirst}</a></p>
      <fieldset>
        <legend class="label">${words.fate}</legend>
        ${[false, true].map(
          (cancels) => html`<label class="choice">
            <input type="radio" name="fate" .checked=${this.cancels === cancels} @change=${() => this.#choose(cancels)} />
            ${cancels ? words.fateCancel(taken) : words.fateKeep}
          </label>`,
        )}
      </fieldset>
      ${
        this.cancels
          ? html`<label class="field">${parts.reason} <textarea name="reason" rows="2" maxlength="500"></textarea></label>`
          : nothing
      }`
  }

  #choose(cancels: boolean) {
    this.cancels = cancels
  }

  #ask = () => this.renderRoot.querySelector('form')?.requestSubmit()

  #leave = () => this.dispatchEvent(new Event('close'))

  #submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const { client } = this.session
    const agent_id = this.agent.id
    const reason = String(new FormData(event.target as HTMLFormElement).get('reason') ?? '').trim()
    const asked = { agent_id, limit: 1, ...(this.cancels && { cancel_slots: true }), ...(reason && { reason }) }
    const done = await this.#acts.do(() => client.removeAgent(asked, { timeout: LONG }))
    if (!done) return
    tell({
      text: this.cancels ? words.removedCancelled : words.removed,
      ...(!this.cancels && { undo: () => client.restoreAgent({ agent_id }) }),
    })
    this.dispatchEvent(new Event('done'))
    this.#leave()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'agent-removal': AgentRemoval
  }
}
