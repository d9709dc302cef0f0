import type { Booking } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { late } from '../../parts/late'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { agencyNames } from '../agencies'
import { words } from '../words'
import './visit-card'

/** One own visit with all that its person may know: the address, who shows it, how to get in, and what happened. */
@customElement('my-visit')
export class MyVisit extends LitElement {
  static override styles = [
    shared,
    css`
      dl {
        display: grid;
        grid-template-columns: minmax(7rem, auto) 1fr;
        gap: var(--space) calc(2 * var(--space));
        margin: 0;
      }
      dt {
        color: var(--faint);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
        white-space: pre-line;
      }
      summary {
        min-block-size: 1.75rem;
        font-weight: 550;
        cursor: pointer;
      }
      @media (width < 30rem) {
        dl {
          grid-template-columns: 1fr;
          gap: 0;
        }
        dd {
          margin-block-end: var(--space);
        }
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) visitId = ''
  @state() private opened = false
  #read!: Reading<{ visit: Booking; agency: string | undefined }>

  override connectedCallback() {
    this.#read ??= new Reading(this, {
      read: async (signal) => {
        const { booking } = (await this.session.client.getBooking({ booking_id: this.visitId }, { signal })).data
        return { visit: booking, agency: (await agencyNames(this.session)).get(booking.organization_id) }
      },
      live: this.session.live,
      on: ['booking.', 'slot.', 'property.'],
    })
    super.connectedCallback()
  }

  override updated(changed: Map<PropertyKey, unknown>) {
    if (!changed.get('visitId')) return
    this.#read.value = undefined
    void this.#read.reload()
  }

  override render() {
    return html`<div class="stack">
      <p><a href="/app/me">← ${words.back}</a></p>
      ${this.#read.render(
        ({ visit, agency }) => html`
          <h1>${visit.property.label ?? words.nameless}</h1>
          <visit-card alone .session=${this.session} .visit=${visit} .agency=${agency} @changed=${() => void this.#read.reload()}></visit-card>
          <section class="card stack">${this.#facts(visit)}</section>
          <details class="card" @toggle=${this.#open}>
            <summary>${words.history}</summary>
            ${
              this.opened
                ? late(
                    this,
                    'my-visit-history',
                    () => import('./my-visit-history'),
                    () => html`<my-visit-history .session=${this.session} .visitId=${visit.id}></my-visit-history>`,
                  )
                : nothing
            }
          </details>
        `,
      )}
    </div>`
  }

  #facts({ property, agent, access_note, notes, reason, feedback, status }: Booking) {
    const facts: [string, unknown][] = [
      [words.address, property.address],
      [words.directions, property.directions],
      [words.meetingPoint, property.meeting_point],
      [words.accessNote, access_note],
      [words.agent, agent.name],
      [words.phone, agent.phone && html`<a href="tel:${agent.phone}">${agent.phone}</a>`],
      [words.notes, notes],
      [words.reason, reason === 'screening_changed' ? null : reason],
    ]
    return html`${status === 'pending_approval' ? html`<p>${words.afterConfirmed}</p>` : nothing}
      <dl>${facts.filter(([, fact]) => fact).map(([name, fact]) => html`<dt>${name}</dt><dd>${fact}</dd>`)}</dl>
      ${feedback ? html`<p>${words.rated(feedback.rating)} ${feedback.comment}</p>` : nothing}`
  }

  #open = (event: Event) => {
    if (!(event.target as HTMLDetailsElement).open) return
    this.opened = true
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'my-visit': MyVisit
  }
}
