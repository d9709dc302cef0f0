import type { Agent } from '@estate-os/booking'
import { customElement, property } from 'lit/decorators.js'
import { Choice, type Option } from './choice'
import { words } from './words'

/** What an agent is called: by name, by e-mail, or by the beginning of their id. */
export const agentName = ({ id, name, email }: Pick<Agent, 'id' | 'name' | 'email'>) => name ?? email ?? words.nameless(id.slice(0, 8))

/** A choice of one of the agency's agents who are active; without the one whose id is `except`. */
@customElement('agent-choice')
export class AgentChoice extends Choice {
  @property() except: string | null = null

  protected override async read(signal: AbortSignal): Promise<Option[]> {
    const all = await Array.fromAsync(this.session.client.each.listAgents({ limit: 100 }, { signal }))
    return all
      .filter((one) => one.status === 'active' && one.id !== this.except)
      .map((one) => ({ id: one.id, name: agentName(one), more: one.email !== agentName(one) ? (one.email ?? undefined) : undefined }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'agent-choice': AgentChoice
  }
}
