import type { Booking } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/app-empty'
import '../../parts/app-problem'
import { Reading } from '../../parts/reading'
import '../../parts/reason-dialog'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import '../../parts/deadline-left'
import { when } from '../../parts/when'
import { words as visits } from '../visits/words'
import { byDeadline, type Decided, decideEach } from './decisions'
import { words } from './words'

/** Who waits for approval, the first to be decided first; one or several are approved or declined at once. */
@customElement('pending-requests')
export class PendingRequests extends LitElement {
  static override styles = [
    shared,
    css`
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        align-items: start;
        gap: calc(2 * var(--space));
      }
      .bar {
        position: sticky;
        inset-block-start: 0;
        z-index: 1;
        padding-block: var(--space);
        background: var(--ground);
      }
      .notes {
        overflow-wrap: anywhere;
        white-space: pre-line;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @state() private chosen: ReadonlySet<string> = new Set()
  @state() private declining: readonly string[] = []
  @state() private refused: Decided['refused'] = new Map()
  readonly #acts = new Act(this)
  #requests!: Reading<Booking[]>

  override connectedCallback() {
    this.#requests ??= new Reading(this, {
      read: async (signal) => {
        const asked = { status: ['pending_approval' as const], from: new Date(), as: 'agent' as const }
        return byDeadline(await Array.fromAsync(this.session.client.each.listBookings(asked, { signal })))
      },
      live: this.session.live,
      on: ['booking.', 'slot.'],
      order: (requests) => requests.map(({ id }) => id),
      lines: 4,
    })
    super.connectedCallback()
  }

  override render() {
    return html`<div class="stack">
        <h1>${words.title}</h1>
        ${this.#requests.render((requests) => {
          if (requests.length === 0) return html`<app-empty told=${words.none}>${words.advice}</app-empty>`
          const chosen = requests.filter(({ id }) => this.chosen.has(id)).map(({ id }) => id)
          return html`${this.#bar(requests, chosen)}
            <ul class="plain stack">
              ${repeat(requests, ({ id }) => id, this.#request)}
            </ul>`
        })}
      </div>
      ${this.declining.length ? this.#dialog(this.declining) : nothing}`
  }

  #bar(requests: Booking[], chosen: string[]) {
    return html`<div class="bar row between">
      <label class="choice">
        <input
          type="checkbox"
          .checked=${chosen.length === requests.length}
          .indeterminate=${chosen.length > 0 && chosen.length < requests.length}
          @change=${(event: Event) => this.#chooseAll(requests, (event.target as HTMLInputElement).checked)}
        />
        ${chosen.length ? words.chosen(chosen.length) : words.all}
      </label>
      ${
        chosen.length
          ? html`<div class="row">
            <button class="primary" ?disabled=${this.#acts.busy} @click=${() => this.#approve(chosen)}>${words.approve(chosen.length)}</button>
            <button class="danger" ?disabled=${this.#acts.busy} @click=${() => this.#ask(chosen)}>${words.decline(chosen.length)}</button>
          </div>`
          : nothing
      }
    </div>`
  }

  #request = (one: Booking) => {
    const name = one.applicant?.name ?? visits.applicant
    const error = this.refused.get(one.id)
    return html`<li class="card">
      <input type="checkbox" aria-label=${words.select(name)} .checked=${this.chosen.has(one.id)} @change=${() => this.#choose(one.id)} />
      <div class="stack">
        <div class="row between">
          <div>
            <strong>${name}</strong> ${one.applicant ? html`<span class="badge">${visits.risk(one.applicant.risk_level)}</span>` : nothing}
            <div>${when(one)}</div>
            <div class="faint">${one.property.label} · ${visits.people(one.party_size)} · ${one.agent.name}</div>
          </div>
          ${one.approval_deadline ? html`<deadline-left .clock=${this.session.clock} .until=${one.approval_deadline}></deadline-left>` : nothing}
        </div>
        ${one.notes ? html`<p class="notes">${one.notes}</p>` : nothing}
        ${error === undefined ? nothing : html`<app-problem .error=${error}></app-problem>`}
        <div class="row">${this.#buttons(one, name)}</div>
      </div>
    </li>`
  }

  #buttons({ id, available_actions }: Booking, name: string) {
    return html`${
      available_actions.includes('approve')
        ? html`<button class="primary" aria-label="${visits.approve}: ${name}" ?disabled=${this.#acts.busy} @click=${() => this.#approve([id])}>
          ${visits.approve}
        </button>`
        : nothing
    }
    ${
      available_actions.includes('decline')
        ? html`<button class="danger" aria-label="${visits.decline}: ${name}" ?disabled=${this.#acts.busy} @click=${() => this.#ask([id])}>
          ${visits.decline}
        </button>`
        : nothing
    }
    <a class="button quiet" href="/app/visits/${id}" aria-label="${words.open}: ${name}">${words.open}</a>`
  }

  #dialog(ids: readonly string[]) {
    return html`<reason-dialog
      heading=${words.declining(ids.length)}
      consequence=${words.declines}
      action=${words.decline(ids.length)}
      .act=${(reason: string | undefined) =>
        this.#decide(ids, (booking_id) => this.session.client.declineBooking({ booking_id, reason }), words.declined)}
      @close=${() => this.#ask([])}
    ></reason-dialog>`
  }

  #ask(ids: readonly string[]) {
    this.declining = ids
  }

  #choose(id: string) {
    const chosen = new Set(this.chosen)
    if (!chosen.delete(id)) chosen.add(id)
    this.chosen = chosen
  }

  #chooseAll(requests: Booking[], all: boolean) {
    this.chosen = new Set(all ? requests.map(({ id }) => id) : [])
  }

  #approve(ids: readonly string[]) {
    return this.#decide(ids, (booking_id) => this.session.client.approveBooking({ booking_id }), words.approved)
  }

  async #decide(ids: readonly string[], act: (id: string) => Promise<unknown>, said: (count: number) => string): Promise<void> {
    await this.#acts.do(async () => {
      const { done, refused } = await decideEach(ids, act)
      this.refused = refused
      this.chosen = new Set(refused.keys())
      if (done) tell({ text: said(done) })
    })
    await this.#requests.reload()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pending-requests': PendingRequests
  }
}
