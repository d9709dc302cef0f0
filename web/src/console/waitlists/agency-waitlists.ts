import type { Entry } from '@estate-os/booking'
import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Session } from '../../app/session'
import '../../parts/app-empty'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import '../../parts/table-export'
import { when } from '../../parts/when'
import { queuesOf } from './queues'
import { waiting } from './waiting'
import { words } from './words'

/** Who waits for a place, by slot; with the offers that are out and until when they hold. */
@customElement('agency-waitlists')
export class AgencyWaitlists extends LitElement {
  static override styles = [
    shared,
    css`
      ol {
        margin: 0;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  #queues!: Reading<Entry[][]>

  override connectedCallback() {
    this.#queues ??= new Reading(this, {
      read: async (signal) => queuesOf(await Array.fromAsync(this.session.client.each.listWaitlist({ as: 'agent' }, { signal }))),
      live: this.session.live,
      on: ['waitlist.', 'hold.', 'booking.', 'slot.'],
      order: (queues) => queues.flat().map(({ id }) => id),
    })
    super.connectedCallback()
  }

  override render() {
    return html`<div class="stack">
      <div class="row between">
        <h1>${words.title}</h1>
        <table-export .client=${this.session.client} .list=${'listWaitlist'} name=${words.file}></table-export>
      </div>
      ${this.#queues.render((queues) =>
        queues.length === 0
          ? html`<app-empty told=${words.none}>${words.advice}</app-empty>`
          : html`${repeat(queues, ([one]) => one!.slot_id, this.#queue)}`,
      )}
    </div>`
  }

  #queue = (queue: Entry[]) => {
    const one = queue[0]!
    return html`<section class="card stack">
      <div class="row between">
        <div>
          <h2>${one.property.label}</h2>
          <p>${when(one)}</p>
          <p class="faint">${one.agent.name} · ${words.count(queue.filter(({ status }) => status === 'waiting').length)}</p>
        </div>
        <a class="button" href="/app/open-house/${one.slot_id}">${words.slot}</a>
      </div>
      <ol class="stack">
        ${repeat(queue, ({ id }) => id, waiting(this.session.clock))}
      </ol>
    </section>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'agency-waitlists': AgencyWaitlists
  }
}
