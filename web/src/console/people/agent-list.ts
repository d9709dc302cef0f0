import type { Agent } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { agentName } from '../../parts/agent-choice'
import '../../parts/app-empty'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import '../../parts/table-export'
import { roleBadges } from './role-badges'
import { words } from './words'

const PAGE = 50
const SOON = 250 // milliseconds after the last letter

/** The agency's agents, to be searched; admins see those who are shut out, too. */
@customElement('agent-list')
export class AgentList extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @state() private asked: { q?: string } = {}
  #most = PAGE
  #timer = 0
  #found!: Reading<{ agents: Agent[]; more: boolean }>

  override connectedCallback() {
    this.#found ??= new Reading(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['agent.'],
      order: ({ agents }) => agents.map(({ id }) => id),
      lines: 6,
    })
    super.connectedCallback()
  }

  override render() {
    return html`<div class="stack">
      <div class="row between">
        <h1>${words.title}</h1>
        <table-export .client=${this.session.client} .list=${'listAgents'} .parameters=${this.asked} name=${words.file}></table-export>
      </div>
      <form role="search" @submit=${(event: Event) => event.preventDefault()} @input=${this.#search}>
        <label class="field">${words.search} <input type="search" name="q" maxlength="200" /></label>
      </form>
      ${this.#found.render(({ agents, more }) =>
        agents.length === 0
          ? html`<app-empty told=${words.none}>${words.comeBy}</app-empty>`
          : html`<ul class="plain stack">
                ${agents.map(this.#agent)}
              </ul>
              ${more ? html`<div><button @click=${this.#more}>${words.more}</button></div>` : nothing}
              <p class="small faint">${words.comeBy}</p>`,
      )}
    </div>`
  }

  #agent = (one: Agent) => html`<li class="card row between">
    <div>
      <a href="/app/people/${one.id}"><strong>${agentName(one)}</strong></a>
      <div class="faint">${[one.email, one.phone].filter(Boolean).join(' · ') || words.noContact}</div>
    </div>
    <div class="row">${one.id === this.session.me.agent?.id ? html`<span class="badge">${words.you}</span>` : nothing} ${roleBadges(one)}</div>
  </li>`

  #search = (event: Event) => {
    const q = String(new FormData(event.currentTarget as HTMLFormElement).get('q')).trim()
    this.asked = q ? { q } : {}
    this.#most = PAGE
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => void this.#found.reload(), SOON)
  }

  #more = () => {
    this.#most += PAGE
    void this.#found.reload()
  }

  async #read(signal: AbortSignal) {
    const agents: Agent[] = []
    for await (const one of this.session.client.each.listAgents({ ...this.asked, limit: PAGE }, { signal })) {
      if (agents.length === this.#most) return { agents, more: true }
      agents.push(one)
    }
    return { agents, more: false }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'agent-list': AgentList
  }
}
