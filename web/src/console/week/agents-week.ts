import type { ChangePlan, Slot } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { go } from '../../app/router'
import type { Session } from '../../app/session'
import '../../parts/app-empty'
import { agentName } from '../../parts/agent-choice'
import { problemText } from '../../parts/problem-text'
import { propertyName } from '../../parts/property-choice'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { viewersZone } from '../../parts/times'
import { dateIn, instantIn } from '../../parts/zones'
import { type AbsenceAt, absencePath } from '../absences/address'
import './block-dialog'
import type { CalendarGrid, Wish } from './calendar-grid'
import { concerns, move, planMove, replace } from './changes'
import { daysOn, instantsOf } from './dates'
import './day-list'
import { type Entry, isUntouched, type SlotEntry } from './entries'
import './keys-dialog'
import './slot-move-dialog'
import './offer-dialog'
import './slot-dialog'
import { readAgents, readWeek } from './week-reading'
import './week-toolbar'
import type { Choices } from './week-toolbar'
import { words } from './words'

const NARROW = '(width < 48rem)'
const HALF_AN_HOUR = 1_800_000

type Open =
  | { what: 'offer' | 'block'; start: Date; end: Date }
  | { what: 'entry'; entry: Entry }
  | { what: 'move'; slot: Slot; to: Date; plan: ChangePlan; back: () => void }
  | { what: 'keys' }

/** The week: what is offered, who comes, what is blocked; by mouse, finger and keyboard. */
@customElement('agents-week')
export class AgentsWeek extends LitElement {
  static override styles = [
    shared,
    css`
      calendar-grid {
        border-radius: var(--radius);
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @state() private choices: Choices = {
    view: matchMedia(NARROW).matches ? 'list' : 'week',
    date: '',
    zone: viewersZone,
    agent: '',
    property: '',
    cancelled: false,
    mode: 'offer',
  }
  @state() private open: Open | null = null
  @state() private said = ''
  @query('calendar-grid') private grid!: CalendarGrid | null
  #entries!: Reading<Entry[]>
  #about!: Reading<{ agents: { id: string; name: string }[]; properties: { id: string; name: string; zone: string }[]; zone: string }>

  override connectedCallback() {
    if (!this.choices.date) this.choices = { ...this.choices, date: this.#today(viewersZone) }
    this.#about ??= new Reading(this, { read: (signal) => this.#readAbout(signal), lines: 1 })
    this.#entries ??= new Reading(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['slot.', 'booking.', 'block.', 'hold.', 'waitlist.'],
      lines: 8,
    })
    super.connectedCallback()
  }

  override render() {
    return html`<div class="stack">
      <h1>${words.title}</h1>
      ${this.#about.render(
        (about) => html`<week-toolbar
          .choices=${this.choices}
          .about=${about}
          ?admin=${this.session.me.agent?.role === 'admin'}
          @choose=${({ detail }: CustomEvent<Partial<Choices>>) => this.#choose(detail)}
          @offer=${() => this.#begin('offer')}
          @block=${() => this.#begin('block')}
          @keys=${() => (this.open = { what: 'keys' })}
        ></week-toolbar>`,
      )}
      ${this.#entries.render((entries) => this.#shown(entries))}
      <div class="visually-hidden" role="status" aria-live="assertive">${this.said}</div>
      ${this.open ? this.#dialog(this.open) : nothing}
    </div>`
  }

  #shown(entries: readonly Entry[]) {
    const { view, date, zone } = this.choices
    const empty = entries.length === 0 ? html`<app-empty told=${words.none}>${words.advice}</app-empty>` : nothing
    const opened = ({ detail }: CustomEvent<string>) => this.#openEntry(detail)
    if (view === 'list') return html`${empty}<day-list .entries=${entries} date=${date} zone=${zone} @open=${opened}></day-list>`
    void import('./calendar-grid')
    return html`<calendar-grid
        .entries=${entries}
        .view=${view}
        date=${date}
        zone=${zone}
        @open=${opened}
        @range=${({ detail }: CustomEvent<{ start: Date; end: Date }>) => (this.open = { what: this.choices.mode, ...detail })}
        @move=${({ detail }: CustomEvent<Wish>) => void this.#move(detail)}
        @resize=${({ detail }: CustomEvent<Wish>) => void this.#resize(detail)}
        @day=${({ detail }: CustomEvent<string>) => this.#choose({ view: 'day', date: detail })}
        @offer=${({ detail }: CustomEvent<Date>) => this.#begin('offer', detail)}
        @block=${({ detail }: CustomEvent<Date>) => this.#begin('block', detail)}
        @turn=${({ detail }: CustomEvent<string>) => this.#choose({ date: detail })}
        @help=${() => (this.open = { what: 'keys' })}
        @say=${({ detail }: CustomEvent<string>) => (this.said = detail)}
      ></calendar-grid>
      ${empty}`
  }

  #dialog(open: Open) {
    const { zone, agent, property } = this.choices
    const close = () => this.#close()
    const done = ({ detail }: CustomEvent<{ open?: boolean } | null>) => this.#done(detail?.open)
    if (open.what === 'keys') return html`<keys-dialog @close=${close}></keys-dialog>`
    if (open.what === 'offer') {
      return html`<offer-dialog
        .session=${this.session}
        .start=${open.start}
        .end=${open.end}
        zone=${zone}
        agent=${agent}
        home=${property}
        @done=${done}
        @close=${close}
      ></offer-dialog>`
    }
    if (open.what === 'move') {
      return html`<slot-move-dialog
        .session=${this.session}
        .slotToMove=${open.slot}
        .to=${open.to}
        .plan=${open.plan}
        zone=${zone}
        .names=${this.#names(open.slot)}
        @done=${done}
        @close=${close}
      ></slot-move-dialog>`
    }
    if (open.what === 'entry' && open.entry.kind === 'slot') {
      const { entry } = open
      return html`<slot-dialog
        .session=${this.session}
        .entry=${entry}
        zone=${zone}
        @move=${({ detail }: CustomEvent<Date>) => void this.#move({ entry, start: detail, end: detail, back: () => {} })}
        @resize=${({ detail }: CustomEvent<Date>) => void this.#resize({ entry, start: entry.start, end: detail, back: () => {} })}
        @done=${done}
        @close=${close}
      ></slot-dialog>`
    }
    const block = open.what === 'entry' && open.entry.kind === 'block' ? open.entry.block : null
    const { start, end } = open.what === 'block' ? open : { start: new Date(), end: new Date() }
    return html`<block-dialog
      .session=${this.session}
      .block=${block}
      .start=${start}
      .end=${end}
      zone=${zone}
      agent=${agent}
      @absence=${({ detail }: CustomEvent<AbsenceAt>) => go(absencePath(detail))}
      @done=${done}
      @close=${close}
    ></block-dialog>`
  }

  #names(slot: Slot): Map<string, string> {
    const visits = this.#slotEntry(slot.id)?.visits ?? []
    const names = visits.map((one): [string, string] => [one.applicant_id, one.applicant?.name ?? ''])
    return new Map([...names, [slot.property_id, propertyName({ id: slot.property_id, label: slot.property.label })]])
  }

  #slotEntry(id: string): SlotEntry | undefined {
    return this.#entries.value?.find((one): one is SlotEntry => one.id === id && one.kind === 'slot')
  }

  #openEntry(id: string): void {
    const entry = this.#entries.value?.find((one) => one.id === id)
    if (entry) this.open = { what: 'entry', entry }
  }

  #today = (zone: string) => dateIn(zone, this.session.clock.now())

  #begin(what: 'offer' | 'block', at?: Date): void {
    const { zone, date } = this.choices
    const today = this.#today(zone)
    const start = at ?? instantIn(zone, `${date > today ? date : daysOn(today, 1)}T10:00`)
    this.open = { what, start, end: new Date(start.getTime() + HALF_AN_HOUR) }
  }

  #close(): void {
    if (this.open?.what === 'move') this.open.back()
    this.open = null
  }

  #done(open?: boolean): void {
    if (!open) this.open = null
    void this.#entries.reload()
  }

  #choose(given: Partial<Choices>): void {
    this.choices = { ...this.choices, ...given }
    void this.#entries.reload()
  }

  async #move({ entry, start, back }: Wish): Promise<void> {
    if (entry.kind !== 'slot') return back()
    try {
      const plan = await planMove(this.session.client, entry.slot, start)
      if (concerns(plan)) {
        this.open = { what: 'move', slot: entry.slot, to: start, plan, back }
        return
      }
      await move(this.session.client, entry.slot, start, plan.hash, this.choices.zone)
      this.open = null
      await this.#entries.reload()
      this.grid?.focusOn(entry.id)
    } catch (error) {
      this.#refuse(error, back)
    }
  }

  async #resize({ entry, start, end, back }: Wish): Promise<void> {
    if (entry.kind !== 'slot' || !isUntouched(entry)) {
      back()
      tell({ text: words.resizeTouched, fault: true })
      return
    }
    try {
      const made = await replace(this.session.client, entry, start, end, this.choices.zone)
      this.open = null
      await this.#entries.reload()
      this.grid?.focusOn(made)
    } catch (error) {
      this.#refuse(error, back)
      await this.#entries.reload()
    }
  }

  #refuse(error: unknown, back: () => void): void {
    back()
    this.open = null
    tell({ text: problemText(error), fault: true })
  }

  async #read(signal: AbortSignal): Promise<Entry[]> {
    const { view, date, zone, agent, property, cancelled } = this.choices
    const [from, to] = instantsOf(view, date, zone)
    const own = this.session.me.agent!
    const everybody = this.#about.value?.agents.map(({ id }) => id) ?? [own.id]
    const agents = agent ? [agent] : own.role === 'admin' ? everybody : [own.id]
    return readWeek(this.session.client, { from, to, agent, property, cancelled }, agents, signal)
  }

  async #readAbout(signal: AbortSignal) {
    const { client, me } = this.session
    const [organization, properties, agents] = await Promise.all([
      client.getOrganization({}, { signal }),
      Array.fromAsync(client.each.listProperties({ limit: 100 }, { signal })),
      me.agent?.role === 'admin' ? readAgents(client, signal) : [],
    ])
    const zone = organization.data.organization.time_zone ?? 'UTC'
    if (zone !== this.choices.zone) this.choices = { ...this.choices, zone, date: this.#today(zone) }
    queueMicrotask(() => void this.#entries.reload())
    return {
      zone,
      agents: agents.map((one) => ({ id: one.id, name: agentName(one) })),
      properties: properties.map((one) => ({ id: one.id, name: propertyName(one), zone: one.time_zone ?? zone })),
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'agents-week': AgentsWeek
  }
}
