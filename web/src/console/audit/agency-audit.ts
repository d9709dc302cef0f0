import { css, html, LitElement } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { keyed } from 'lit/directives/keyed.js'
import type { Session } from '../../app/session'
import { agentName } from '../../parts/agent-choice'
import { propertyName } from '../../parts/property-choice'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { viewersZone, zoneName } from '../../parts/times'
import './audit-export'
import './audit-filter'
import './audit-list'
import { addressOf, type Filters, filtersIn } from './filters'
import { words } from './words'

/** What happened in the agency and who did it, filtered as the address says. */
@customElement('agency-audit')
export class AgencyAudit extends LitElement {
  static override styles = [
    shared,
    css`
      .says {
        max-inline-size: 70ch;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @state() private filters: Filters = filtersIn(new URLSearchParams(location.search))
  #names!: Reading<ReadonlyMap<string, string>>

  override connectedCallback() {
    this.#names ??= new Reading<ReadonlyMap<string, string>>(this, {
      read: async (signal) => {
        const { each } = this.session.client
        const [homes, agents] = await Promise.all([
          Array.fromAsync(each.listProperties({ limit: 100 }, { signal })),
          Array.fromAsync(each.listAgents({ limit: 100 }, { signal })),
        ])
        return new Map([
          ...homes.map((one) => [one.id, propertyName(one)] as const),
          ...agents.map((one) => [one.id, agentName(one)] as const),
        ])
      },
      live: this.session.live,
      on: ['property.', 'agent.'],
      order: () => [],
    })
    super.connectedCallback()
  }

  override render() {
    const { session, filters } = this
    return html`<div class="stack">
      <div class="row between">
        <h1>${words.title}</h1>
        <audit-export .session=${session} .filters=${filters} .named=${this.#named}></audit-export>
      </div>
      <div class="says">
        <p>${words.says} ${words.times(zoneName(viewersZone))}</p>
        <p class="small faint">${words.seals}</p>
      </div>
      <audit-filter .filters=${filters} @change=${this.#filter}></audit-filter>
      ${keyed(
        JSON.stringify(filters),
        html`<audit-list
          .session=${session}
          .filters=${filters}
          .names=${this.#names.value}
          @only=${this.#filter}
          @clear=${this.#filter}
        ></audit-list>`,
      )}
    </div>`
  }

  #named = (id: string | null): string => (id === null ? '' : (this.#names.value?.get(id) ?? ''))

  #filter = ({ detail }: CustomEvent<Partial<Filters>>) => {
    this.filters = { ...this.filters, ...detail }
    history.replaceState(null, '', addressOf(location.href, this.filters))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'agency-audit': AgencyAudit
  }
}
