import type { WebhookEndpoint } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { shared } from '../../parts/shared'
import { momentOf, viewersZone } from '../../parts/times'
import { stateOf, stopsAt } from './endpoint-state'
import { words } from './words'

/** How an endpoint is, with what that means, and how far it is. */
@customElement('endpoint-health')
export class EndpointHealth extends LitElement {
  static override styles = [
    shared,
    css`
      .health {
        gap: 0.25rem;
      }
    `,
  ]
  @property({ attribute: false }) endpoint!: WebhookEndpoint

  override render() {
    const { failing_since, disabled_at, position, head } = this.endpoint
    const state = stateOf(this.endpoint)
    const said = {
      well: words.isWell,
      behind: words.isBehind(head - position),
      failing: failing_since ? words.isFailing(moment(failing_since), moment(stopsAt(failing_since))) : '',
      off: words.isOff(disabled_at ? moment(disabled_at) : '–'),
      stopped: words.isStopped(disabled_at ? moment(disabled_at) : '–'),
    }[state]
    const look = { well: '', behind: '', failing: 'warning', off: 'warning', stopped: 'danger' }[state]
    return html`<div class="health stack">
      <div><span class="badge ${look}">${words.states[state]}</span></div>
      <p class="small">${said}</p>
      ${state !== 'well' && state !== 'behind' && head > position ? html`<p class="small faint">${words.waiting(head - position)}</p>` : nothing}
    </div>`
  }
}

const moment = (at: Date) => momentOf(at, viewersZone)

declare global {
  interface HTMLElementTagNameMap {
    'endpoint-health': EndpointHealth
  }
}
