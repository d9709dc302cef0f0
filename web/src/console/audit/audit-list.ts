import type { AuditedEvent } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Session } from '../../app/session'
import '../../parts/app-empty'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { viewersZone } from '../../parts/times'
import './audit-entry'
import { type Filters, queryOf } from './filters'
import { words } from './words'

const PAGE = 50

interface Page {
  events: AuditedEvent[]
  next: string | null
}

/** Pages of what happened, the newest first. Fires `clear` with the filters of everything. */
@customElement('audit-list')
export class AuditList extends LitElement {
  static override styles = [
    shared,
    css`
      ol {
        margin: 0;
        padding: 0;
        border-block-start: 1px solid var(--line);
        list-style: none;
        scroll-margin-block: calc(2 * var(--space));
      }
      .pages {
        margin-block-start: calc(2 * var(--space));
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) filters!: Filters
  @property({ attribute: false }) names: ReadonlyMap<string, string> | undefined
  /** Where the pages up to this one begin; the first has no cursor. */
  #cursors: (string | undefined)[] = [undefined]
  #page!: Reading<Page>

  override connectedCallback() {
    this.#page ??= new Reading<Page>(this, {
      read: async (signal) => {
        const asked = { ...queryOf(this.filters, viewersZone), cursor: this.#cursors.at(-1), limit: PAGE }
        const { events, next_cursor } = (await this.session.client.listAudit(asked, { signal })).data
        return { events, next: next_cursor }
      },
      live: this.session.live,
      on: [this.filters.type],
      order: ({ events }) => events.map(({ id }) => id),
      lines: 8,
    })
    super.connectedCallback()
  }

  override render() {
    return this.#page.render(({ events, next }) => {
      if (events.length === 0)
        return html`<app-empty told=${words.none}>${words.advice} <button @click=${this.#clear}>${words.clear}</button></app-empty>`
      const pages = this.#cursors.length
      return html`<ol tabindex="-1" aria-label=${words.list}>
          ${repeat(
            events,
            ({ id }) => id,
            (one) =>
              html`<li><audit-entry .event=${one} .names=${this.names} me=${this.session.me.subject} @only=${this.#only}></audit-entry></li>`,
          )}
        </ol>
        ${
          next === null && pages === 1
            ? nothing
            : html`<div class="pages row">
              <button ?disabled=${pages === 1} @click=${this.#newer}>${words.newer}</button>
              <span class="faint">${words.page(pages)}</span>
              <button ?disabled=${next === null} @click=${() => this.#older(next)}>${words.older}</button>
            </div>`
        }`
    })
  }

  #older(next: string | null) {
    if (next !== null) void this.#turn([...this.#cursors, next])
  }

  #newer = () => void this.#turn(this.#cursors.slice(0, -1))

  async #turn(cursors: (string | undefined)[]): Promise<void> {
    this.#cursors = cursors
    await this.#page.reload()
    await this.updateComplete
    const list = this.renderRoot.querySelector<HTMLElement>('ol')
    list?.focus({ preventScroll: true })
    list?.scrollIntoView({ block: 'start' })
  }

  #only = ({ detail }: CustomEvent<Partial<Filters>>) => this.dispatchEvent(new CustomEvent('only', { detail }))

  #clear = () => this.dispatchEvent(new CustomEvent('clear', { detail: { type: '', from: '', to: '', about: '', id: '' } }))
}

declare global {
  interface HTMLElementTagNameMap {
    'audit-list': AuditList
  }
}
