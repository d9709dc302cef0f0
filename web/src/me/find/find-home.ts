import type { AvailableDay, Property } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Session } from '../../app/session'
import '../../parts/app-empty'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { timeOf, viewersZone } from '../../parts/times'
import { dateIn } from '../../parts/zones'
import { agencyNames } from '../agencies'
import { words } from '../words'
import './free-month'
import { inWords } from './free-month'
import { freeByDay, monthOf, spanOfMonth } from './month'

const HOMES = 12 // of each agency, at first and each time that more are asked for
const PAUSE = 300 // milliseconds without a key, after which is searched

interface Found {
  homes: Property[]
  more: boolean
  days: AvailableDay[]
  agencies: ReadonlyMap<string, string>
}

/** Homes of somebody's agencies, and a month with the days on which there is something free. */
@customElement('find-home')
export class FindHome extends LitElement {
  static override styles = [
    shared,
    css`
      .found {
        display: grid;
        grid-template-columns: minmax(0, 24rem) minmax(0, 1fr);
        align-items: start;
        gap: calc(3 * var(--space));
      }
      li.card {
        padding-block: calc(1.5 * var(--space));
      }
      @media (width < 48rem) {
        .found {
          grid-template-columns: minmax(0, 1fr);
        }
        free-month {
          margin-inline: calc(-1 * var(--space));
        }
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @state() private month = ''
  @state() private day: string | null = null
  #asked = ''
  #most = HOMES
  #timer = 0
  #found!: Reading<Found>

  override connectedCallback() {
    this.month ||= this.#earliest()
    this.#found ??= new Reading(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['slot.', 'booking.', 'hold.', 'waitlist.', 'property.'],
      order: ({ homes }) => homes.map(({ id }) => id),
      lines: 6,
    })
    super.connectedCallback()
  }

  override render() {
    return html`<div class="stack">
      <h1>${words.find}</h1>
      <label class="field">${words.search}<input type="search" maxlength="200" @input=${this.#search} /></label>
      ${this.#found.render((found) =>
        found.homes.length === 0
          ? html`<app-empty told=${words.noHomes}>${words.noHomesAdvice}</app-empty>`
          : html`<div class="found">
              <free-month
                month=${this.month}
                earliest=${this.#earliest()}
                .free=${freeByDay(found.days)}
                .chosen=${this.day}
                @day=${this.#choose}
                @month=${this.#turn}
              ></free-month>
              ${this.#homes(found)}
            </div>`,
      )}
    </div>`
  }

  #homes({ homes, days, agencies, more }: Found) {
    const shown =
      this.day === null
        ? homes
        : homes.filter(({ id }) => days.some((one) => one.property_id === id && one.date === this.day && one.free > 0))
    return html`<section class="stack" aria-labelledby="homes">
      <div class="row between">
        <h2 id="homes">${this.day === null ? words.homes : inWords(this.day, { weekday: 'long', day: 'numeric', month: 'long' })}</h2>
        ${this.day === null ? nothing : html`<button class="quiet" @click=${this.#allDays}>${words.allDays}</button>`}
      </div>
      <ul class="plain stack">
        ${repeat(
          shown,
          ({ id }) => id,
          (home) => html`<li class="card row between">
            <div>
              <h3>${home.label ?? words.nameless}</h3>
              <div class="faint">${[home.area, agencies.get(home.organization_id)].filter(Boolean).join(' · ')}</div>
              <div class="small">${this.#free(days.filter(({ property_id }) => property_id === home.id))}</div>
            </div>
            <a class="button" href="/app/me/find/${home.id}" aria-label=${`${words.choose}: ${home.label ?? words.nameless}`}>${words.choose}</a>
          </li>`,
        )}
      </ul>
      ${more ? html`<div><button @click=${this.#more}>${words.more}</button></div>` : nothing}
    </section>`
  }

  #free(days: readonly AvailableDay[]) {
    const day = this.day === null ? days.find(({ free }) => free > 0) : days.find(({ date }) => date === this.day)
    if (!day?.first_free || !day.last_free) return days.some(({ full, held }) => full + held > 0) ? words.full : words.nothingFree
    const when = words.between(timeOf(day.first_free, day.time_zone), timeOf(day.last_free, day.time_zone))
    if (this.day !== null) return `${words.freeOn(day.free)}, ${when}`
    return `${words.nextFree(inWords(day.date, { weekday: 'short', day: 'numeric', month: 'short' }))}, ${when}`
  }

  #earliest = () => monthOf(dateIn(viewersZone, this.session.clock.now()))

  #choose = ({ detail }: CustomEvent<string | null>) => {
    this.day = detail
  }

  #allDays = () => {
    this.day = null
  }

  #turn = ({ detail }: CustomEvent<string>) => {
    this.month = detail
    this.day = null
    void this.#found.reload()
  }

  #more = () => {
    this.#most += HOMES
    void this.#found.reload()
  }

  #search = (event: InputEvent) => {
    this.#asked = (event.target as HTMLInputElement).value.trim()
    this.#most = HOMES
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => void this.#found.reload(), PAUSE)
  }

  async #read(signal: AbortSignal): Promise<Found> {
    const { client, me, clock } = this.session
    const asked = { limit: Math.min(this.#most, 50), status: 'active', ...(this.#asked && { q: this.#asked }) }
    const lists = await Promise.all(
      me.applicants.map(({ organization_id }) => client.listProperties({ ...asked, organization_id }, { signal })),
    )
    const homes = lists.flatMap(({ data }) => data.properties).slice(0, 50)
    const more = this.#most < 50 && lists.some(({ data }) => data.next_cursor !== null)
    const span = spanOfMonth(this.month, homes[0]?.time_zone ?? viewersZone, clock.now())
    const [days, agencies] = await Promise.all([
      homes.length && span ? client.listAvailableDays({ property_id: homes.map(({ id }) => id), ...span }, { signal }) : null,
      agencyNames(this.session),
    ])
    return { homes, more, days: days?.data.days ?? [], agencies }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'find-home': FindHome
  }
}
