import type { AuditedEvent } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { eventName } from '../../parts/event-words'
import { shared } from '../../parts/shared'
import { momentOf, viewersZone } from '../../parts/times'
import { words as parts } from '../../parts/words'
import { locale } from '../../words/page-language'
import { words as visits } from '../visits/words'
import { changeOf } from './change'
import { ABOUT, type About } from './filters'
import { words } from './words'

const exactly = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone: viewersZone })
const NAMED = [...ABOUT, 'endpoint_id', 'schedule_id', 'id'] as const
/** Where there is a screen of it. */
const SCREENS: Record<string, string> = {
  booking_id: '/app/visits/',
  slot_id: '/app/open-house/',
  applicant_id: '/app/applicants/',
  endpoint_id: '/app/webhooks/',
}

/** Something that happened, in words, and in the details by ids. Fires `only`, with filters for what has to do with one of them. */
@customElement('audit-entry')
export class AuditEntry extends LitElement {
  static override styles = [
    shared,
    css`
      article {
        padding-block: var(--space);
        border-block-end: 1px solid var(--line);
      }
      summary {
        inline-size: fit-content;
        min-block-size: 1.5rem;
        cursor: pointer;
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 0.25rem calc(2 * var(--space));
        margin: var(--space) 0 0;
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      dd button {
        min-block-size: 1.75rem;
        padding: 0 0.5rem;
      }
      code {
        font-size: 0.875em;
      }
      @media (width < 30rem) {
        dl {
          grid-template-columns: minmax(0, 1fr);
        }
        dd {
          margin-block-end: var(--space);
        }
      }
    `,
  ]
  @property({ attribute: false }) event!: AuditedEvent
  @property({ attribute: false }) names: ReadonlyMap<string, string> | undefined
  /** The login of whoever reads it. */
  @property() me = ''

  override render() {
    const { type, occurred_at, position, moved_from } = this.event
    const what = eventName(type)
    const change = changeOf(this.event, { ...words, states: { ...parts.statuses, ...words.states } })
    const where = this.#where(this.event)
    return html`<article>
      <div><strong>${what}</strong>${change ? html`: ${change}` : nothing}</div>
      ${where ? html`<div>${where}</div>` : nothing}
      ${moved_from ? html`<div class="faint">${words.movedFrom(this.#where(moved_from))}</div>` : nothing}
      <div class="row between small faint">
        <span><time datetime=${occurred_at.toISOString()}>${exactly.format(occurred_at)}</time>, ${this.#who()}</span>
        <span>${words.number(position)}</span>
      </div>
      <details class="small">
        <summary aria-label=${words.detailsOf(what, position)}>${words.details}</summary>
        <dl>${NAMED.map(this.#named)}</dl>
      </details>
    </article>`
  }

  #who(): string {
    const { subject, role, via } = this.event.actor
    const who = subject !== null && subject === this.me ? words.you : (visits.roles[role] ?? role)
    return via === null ? words.by(who) : `${words.by(who)}, ${words.vias[via] ?? via}`
  }

  /** Home, time and agent, as far as it has to do with them. */
  #where({ property_id, start_time, agent_id }: Pick<AuditedEvent, 'property_id' | 'start_time' | 'agent_id'>): string {
    const named = (id: string | null) => id && (this.names === undefined ? '…' : (this.names.get(id) ?? parts.nameless(id.slice(0, 8))))
    return [named(property_id), start_time && momentOf(start_time, viewersZone), named(agent_id)].filter(Boolean).join(' · ')
  }

  #named = (name: (typeof NAMED)[number]) => {
    const id = name === 'subject' ? this.event.actor.subject : this.event[name]
    if (id === null) return nothing
    const called = words.names[name] ?? name
    const screen = this.event.type === 'webhook_endpoint.deleted' ? undefined : SCREENS[name]
    return html`<dt>${called}</dt>
      <dd>
        <code>${id}</code>
        ${screen ? html`<a href="${screen}${id}" aria-label="${words.open}: ${called}">${words.open}</a>` : nothing}
        ${
          ABOUT.includes(name as About)
            ? html`<button aria-label="${words.only}: ${called}" @click=${() => this.#only(name as About, id)}>${words.only}</button>`
            : nothing
        }
      </dd>`
  }

  #only(about: About, id: string) {
    this.dispatchEvent(new CustomEvent('only', { detail: { about, id } }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'audit-entry': AuditEntry
  }
}
