import type { Block } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/confirm-dialog'
import { shared } from '../../parts/shared'
import { unblock } from '../week/changes'
import './agents-calendar'
import { type AgentsTimes, byWeight } from './agents-times'
import { spanText } from './span'
import { words } from './words'

/** The times that one agent has blocked, each with a way to remove it, and the agent's own calendar. Fires `done` after a
 * change, and `absence` with a block whose slots are to be handed over. */
@customElement('agents-blocks')
export class AgentsBlocks extends LitElement {
  static override styles = [
    shared,
    css`
      li + li {
        margin-block-start: var(--space);
      }
      .when {
        font-weight: 550;
      }
      .block {
        align-items: start;
      }
      .told {
        flex: 1 1 12rem;
      }
      summary {
        inline-size: fit-content;
        padding-block: 0.25rem;
        cursor: pointer;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) times!: AgentsTimes
  @property() zone = 'UTC'
  @state() private ending: Block | null = null
  readonly #acts = new Act(this)

  override render() {
    const { name, blocks } = this.times
    const { told, busy } = byWeight(blocks)
    return html`<section class="card stack" aria-labelledby="name">
      <h2 id="name">${name}</h2>
      ${
        told.length
          ? html`<ul class="plain">
              ${repeat(told, ({ id }) => id, this.#block)}
            </ul>`
          : html`<p class="faint">${words.none}</p>`
      }
      ${
        busy.length
          ? html`<details>
              <summary>${words.busy(busy.length)}</summary>
              <ul>
                ${busy.map(({ from, to }) => html`<li>${spanText(this.zone, from, to)}</li>`)}
              </ul>
            </details>`
          : nothing
      }
      <agents-calendar .session=${this.session} .agent=${this.times} zone=${this.zone}></agents-calendar>
      ${
        this.ending
          ? html`<confirm-dialog
              heading=${words.endHeading}
              consequence=${words.endMeans}
              action=${words.end}
              .act=${() => unblock(this.session.client, this.ending!)}
              @close=${this.#ended}
            ></confirm-dialog>`
          : nothing
      }
    </section>`
  }

  #block = (one: Block) => html`<li>
    <div class="row between block">
      <div class="told">
        <span class="when">${spanText(this.zone, one.from, one.to)}</span>
        ${one.source === 'agent' ? nothing : html`<span class="badge">${words.sources[one.source] ?? one.source}</span>`}
        ${one.conflict ? html`<span class="badge warning">${words.conflict}</span>` : nothing}
        ${one.reason ? html`<p class="small faint">${one.reason}</p>` : nothing}
      </div>
      <div class="row">
        ${
          one.conflict
            ? html`<button
                aria-label=${`${words.handOverLeft}: ${spanText(this.zone, one.from, one.to)}`}
                @click=${() => this.dispatchEvent(new CustomEvent('absence', { detail: one }))}
              >
                ${words.handOverLeft}
              </button>`
            : nothing
        }
        ${one.source === 'calendar' ? nothing : this.#removal(one)}
      </div>
    </div>
    ${this.#acts.refusalOf(one.id)}
  </li>`

  #removal = (one: Block) => html`<button
    aria-label=${`${one.source === 'absence' ? words.end : words.remove}: ${spanText(this.zone, one.from, one.to)}`}
    ?disabled=${this.#acts.busy}
    @click=${() => this.#remove(one)}
  >
    ${one.source === 'absence' ? words.end : words.remove}
  </button>`

  async #remove(block: Block): Promise<void> {
    if (block.source === 'absence') this.ending = block
    else if (await this.#acts.do(() => unblock(this.session.client, block), block.id)) this.dispatchEvent(new Event('done'))
  }

  #ended = () => {
    this.ending = null
    this.dispatchEvent(new Event('done'))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'agents-blocks': AgentsBlocks
  }
}
