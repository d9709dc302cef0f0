import type { Agent } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import { agentName } from '../../parts/agent-choice'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { when } from '../../parts/when'
import { words as parts } from '../../parts/words'
import './agent-removal'
import { type Ahead, readAhead } from './ahead'
import './profile-form'
import { roleBadges } from './role-badges'
import { words } from './words'

/** One agent: how they are reached, what they have before them, and whether they are let in. */
@customElement('one-agent')
export class OneAgent extends LitElement {
  static override styles = [
    shared,
    css`
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: var(--space) calc(2 * var(--space));
        margin: 0;
      }
      dt {
        color: var(--faint);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: 'agent-id' }) agentId = ''
  @state() private removing = false
  readonly #acts = new Act(this)
  #shown!: Reading<{ agent: Agent; ahead: Ahead | null }>

  override connectedCallback() {
    this.#shown ??= new Reading(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['agent.', 'slot.', 'booking.'],
      order: () => [],
      lines: 6,
    })
    super.connectedCallback()
  }

  get #own() {
    return this.agentId === this.session.me.agent?.id
  }

  get #admin() {
    return this.session.me.agent?.role === 'admin'
  }

  override render() {
    return html`<div class="stack">
      <a href="/app/people">${words.back}</a>
      ${this.#shown.render(({ agent, ahead }) => this.#agent(agent, ahead))}
    </div>`
  }

  #agent(agent: Agent, ahead: Ahead | null) {
    return html`<div class="stack">
        <div class="row between">
          <h1>${agentName(agent)}</h1>
          <div class="row">${roleBadges(agent)}</div>
        </div>
        ${
          this.#own
            ? html`<profile-form .session=${this.session} .agent=${agent} @done=${() => void this.#shown.reload()}></profile-form>`
            : this.#contact(agent)
        }
        ${ahead ? this.#ahead(ahead) : nothing} ${this.#admin && !this.#own ? this.#access(agent) : nothing}
      </div>
      ${
        this.removing && ahead
          ? html`<agent-removal
              .session=${this.session}
              .agent=${agent}
              .ahead=${ahead}
              @done=${() => void this.#shown.reload()}
              @close=${() => this.#open(false)}
            ></agent-removal>`
          : nothing
      }`
  }

  #contact({ email, phone, locale }: Agent) {
    if (!email && !phone) return html`<p class="card">${words.noContact}</p>`
    return html`<section class="card stack" aria-labelledby="contact">
      <h2 id="contact">${words.contact}</h2>
      <dl>
        ${email ? html`<dt>${words.email}</dt><dd><a href="mailto:${email}">${email}</a></dd>` : nothing}
        ${phone ? html`<dt>${words.fields.phone.label}</dt><dd><a href="tel:${phone}">${phone}</a></dd>` : nothing}
        ${locale ? html`<dt>${words.fields.locale.label}</dt><dd>${locale}</dd>` : nothing}
      </dl>
    </section>`
  }

  #ahead({ slots, more, taken, next }: Ahead) {
    return html`<section class="card stack" aria-labelledby="ahead">
      <h2 id="ahead">${words.ahead}</h2>
      <p>${words.slots(slots, more, taken)}</p>
      ${next ? html`<p>${words.next} ${when(next)} · ${next.property.label}</p>` : nothing}
      <div class="row"><a href="/app/absences">${words.absences}</a></div>
    </section>`
  }

  #access({ id, role, status }: Agent) {
    if (status === 'inactive' && !role) return html`<p class="card faint">${words.noRoleAdvice}</p>`
    return html`<section class="card stack" aria-labelledby="access">
      <h2 id="access">${words.access}</h2>
      <p class="faint">${status === 'inactive' ? words.restoreAdvice : words.removeAdvice}</p>
      ${this.#acts.refusal}
      <div>
        ${
          status === 'inactive'
            ? html`<button ?disabled=${this.#acts.busy} @click=${() => this.#restore(id)}>${this.#acts.busy ? parts.doing : words.restore}</button>`
            : html`<button class="danger" @click=${() => this.#open(true)}>${words.remove}</button>`
        }
      </div>
    </section>`
  }

  #open(open: boolean) {
    this.removing = open
  }

  #restore(agent_id: string) {
    return this.#acts.do(async () => {
      await this.session.client.restoreAgent({ agent_id })
      tell({ text: words.restored })
      await this.#shown.reload()
    })
  }

  async #read(signal: AbortSignal) {
    const { client } = this.session
    const [{ data }, ahead] = await Promise.all([
      client.getAgent({ agent_id: this.agentId }, { signal }),
      this.#admin || this.#own ? readAhead(client, this.agentId, signal) : null,
    ])
    return { agent: data.agent, ahead }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'one-agent': OneAgent
  }
}
