import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { shared } from '../../parts/shared'
import { dayOf, zoneName } from '../../parts/times'
import { dateIn, instantIn } from '../../parts/zones'
import { datesOf, daysOn, turned, type View } from './dates'
import { words } from './words'

/** What of the calendar is shown, and how. */
export interface Choices {
  view: View
  date: string
  zone: string
  agent: string
  property: string
  cancelled: boolean
  /** What dragging over free time does. */
  mode: 'offer' | 'block'
}

export interface About {
  agents: { id: string; name: string }[]
  properties: { id: string; name: string; zone: string }[]
  zone: string
}

/** The choices above the calendar. Fires `choose` with those that change, `offer`, `block` and `keys`. */
@customElement('week-toolbar')
export class WeekToolbar extends LitElement {
  static override styles = [
    shared,
    css`
      .field {
        flex: 0 1 12rem;
        font-size: 0.875rem;
      }
      .group {
        display: inline-flex;
      }
      .group button {
        border-radius: 0;
      }
      .group button:first-child {
        border-start-start-radius: var(--radius);
        border-end-start-radius: var(--radius);
      }
      .group button:last-child {
        border-start-end-radius: var(--radius);
        border-end-end-radius: var(--radius);
      }
      .group button + button {
        border-inline-start: 0;
      }
      button[aria-pressed="true"] {
        background: var(--tint);
        color: var(--accent);
      }
      .bar {
        gap: calc(1.5 * var(--space));
      }
      @media (width < 30rem) {
        .field {
          flex: 1 1 8rem;
        }
      }
    `,
  ]
  @property({ attribute: false }) choices!: Choices
  @property({ attribute: false }) about!: About
  @property({ type: Boolean }) admin = false

  override render() {
    const { view, date, zone, cancelled, mode } = this.choices
    const [first, after] = datesOf(view, date)
    const shown = (one: string) => dayOf(instantIn(zone, `${one}T12:00`), zone)
    return html`<div class="stack">
      <div class="row between bar">
        <div class="row">
          <button aria-label=${words.before} @click=${() => this.#choose({ date: turned(view, date, -1) })}>‹</button>
          <button @click=${() => this.#choose({ date: dateIn(zone, new Date()) })}>${words.now}</button>
          <button aria-label=${words.after} @click=${() => this.#choose({ date: turned(view, date, 1) })}>›</button>
          <strong aria-live="polite">${view === 'day' ? shown(date) : `${shown(first)} – ${shown(daysOn(after, -1))}`}</strong>
        </div>
        <div class="row">
          <button class="primary" @click=${() => this.#fire('offer')}>${words.offer}</button>
          <button @click=${() => this.#fire('block')}>${words.blockTime}</button>
          <a class="button" href="/app/absences">${words.absences}</a>
        </div>
      </div>
      <div class="row bar">
        <div class="group" role="group" aria-label=${words.view}>
          ${(Object.keys(words.views) as View[]).map(
            (one) =>
              html`<button aria-pressed=${one === view ? 'true' : 'false'} @click=${() => this.#choose({ view: one })}>
                ${words.views[one]}
              </button>`,
          )}
        </div>
        ${this.admin ? this.#select(words.agent, 'agent', words.everyAgent, this.about.agents) : nothing}
        ${this.#select(words.property, 'property', words.everyProperty, this.about.properties)} ${this.#zones()}
        <label class="choice">
          <input
            type="checkbox"
            .checked=${cancelled}
            @change=${(event: Event) => this.#choose({ cancelled: (event.target as HTMLInputElement).checked })}
          />${words.cancelledToo}
        </label>
        ${
          view === 'list'
            ? nothing
            : html`<div class="row" role="group" aria-label=${words.dragOffers}>
                <span class="small">${words.dragOffers}</span>
                ${(['offer', 'block'] as const).map(
                  (one) =>
                    html`<button aria-pressed=${one === mode ? 'true' : 'false'} @click=${() => this.#choose({ mode: one })}>
                      ${words.modes[one]}
                    </button>`,
                )}
                <button class="quiet" aria-label=${words.keys} @click=${() => this.#fire('keys')}>?</button>
              </div>`
        }
      </div>
    </div>`
  }

  #select = (label: string, name: 'agent' | 'property', none: string, all: { id: string; name: string }[]) => html`<label class="field">
    ${label}
    <select @change=${(event: Event) => this.#choose({ [name]: (event.target as HTMLSelectElement).value })}>
      <option value="" ?selected=${!this.choices[name]}>${none}</option>
      ${all.map((one) => html`<option value=${one.id} ?selected=${one.id === this.choices[name]}>${one.name}</option>`)}
    </select>
  </label>`

  #zones() {
    const all = [...new Set([this.about.zone, ...this.about.properties.map(({ zone }) => zone), this.choices.zone])]
    return html`<label class="field">
      ${words.zone}
      <select @change=${(event: Event) => this.#choose({ zone: (event.target as HTMLSelectElement).value })}>
        ${all.map((one) => html`<option value=${one} ?selected=${one === this.choices.zone}>${zoneName(one)} (${one})</option>`)}
      </select>
    </label>`
  }

  #choose(detail: Partial<Choices>): void {
    this.dispatchEvent(new CustomEvent('choose', { detail }))
  }

  #fire(type: string): void {
    this.dispatchEvent(new CustomEvent(type))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'week-toolbar': WeekToolbar
  }
}
