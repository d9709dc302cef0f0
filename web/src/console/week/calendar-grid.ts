import { Calendar, type EventApi } from '@fullcalendar/core'
import es from '@fullcalendar/core/locales/es'
import pt from '@fullcalendar/core/locales/pt'
import dayGrid from '@fullcalendar/daygrid'
import interaction from '@fullcalendar/interaction'
import timeGrid from '@fullcalendar/timegrid'
import { html, LitElement, type PropertyValues } from 'lit'
import { customElement, property, query } from 'lit/decorators.js'
import { shared } from '../../parts/shared'
import { dateIn, instantIn, localIn } from '../../parts/zones'
import { locale } from '../../words/page-language'
import { datesOf, droppedAt, type View, wallMoved, wallOf } from './dates'
import { contentOf, draw, lookOfEntry } from './drawn'
import type { Entry } from './entries'
import { gridStyle } from './grid-style'
import { growthOf, neighbour, stepOf } from './keys'
import './measuring-markup'
import { sentenceOf } from './texts'
import { words } from './words'

const QUARTER = 900_000 // milliseconds: nothing is made shorter by keyboard
const VIEWS = { week: 'timeGridWeek', day: 'timeGridDay', month: 'dayGridMonth', list: 'timeGridWeek' } as const

/** What somebody wants to do with times: `back` shows it as it was. */
export interface Wish {
  entry: Entry
  start: Date
  end: Date
  back: () => void
}

/**
 * A calendar of entries, on the wall clock of `zone`. The calendar knows no zones: it is given local times, and gives local times
 * back. Fires `open` (id), `range` (free time was dragged over: start and end), `move` and `resize` (a Wish), `day` (a date),
 * `offer` and `block` (a start, by keyboard), `turn` (the date that a move by keyboard has come to), `help`, and `say` (a text for a
 * screen reader).
 */
@customElement('calendar-grid')
export class CalendarGrid extends LitElement {
  static override styles = [shared, gridStyle]
  @property({ attribute: false }) entries: readonly Entry[] = []
  @property() view: View = 'week'
  @property() date = ''
  @property() zone = 'UTC'
  @query('#calendar') private place!: HTMLElement
  #calendar!: Calendar
  #shown = ''
  #dragging = false
  #next: string | undefined // gets the focus once it is drawn
  #moving: { entry: Entry; start: Date; end: Date } | null = null

  override render() {
    return html`<div id="calendar" role="group" aria-label=${words.grid} @keydown=${{ handleEvent: this.#key, capture: true }}></div>`
  }

  override firstUpdated() {
    const hours = { hour: '2-digit', minute: '2-digit', hour12: false } as const
    this.#calendar = new Calendar(this.place, {
      plugins: [timeGrid, dayGrid, interaction],
      locales: [pt, es],
      locale,
      timeZone: 'UTC',
      firstDay: 1,
      headerToolbar: false,
      allDaySlot: false,
      height: 'auto',
      stickyHeaderDates: true,
      slotDuration: '00:30:00',
      snapDuration: '00:15:00',
      slotLabelFormat: hours,
      slotMinTime: '07:00:00',
      slotMaxTime: '21:00:00',
      dayMaxEvents: 5,
      moreLinkContent: ({ num }) => words.moreOfDay(num),
      moreLinkClick: ({ date }) => {
        this.#fire('day', date.toISOString().slice(0, 10))
        return 'none'
      },
      eventInteractive: true,
      editable: true,
      selectable: true,
      selectMirror: true,
      selectMinDistance: 5,
      longPressDelay: 400,
      nowIndicator: true,
      now: () => localIn(this.zone, new Date()),
      displayEventTime: false, // the content has none, and to write it takes longer than all else
      eventContent: (shown) => ({ domNodes: contentOf(shown) }),
      eventDidMount: ({ el, event }) => {
        el.dataset.id = event.id
        el.setAttribute('role', 'button')
      },
      eventClick: ({ event }) => this.#fire('open', event.id),
      eventDragStart: () => this.#drag(true),
      eventDragStop: () => this.#drag(false),
      eventResizeStart: () => this.#drag(true),
      eventResizeStop: () => this.#drag(false),
      eventDrop: ({ event, oldEvent, revert }) => this.#wish('move', event, oldEvent, revert),
      eventResize: ({ event, oldEvent, revert }) => this.#wish('resize', event, oldEvent, revert),
      select: ({ start, end, view }) => {
        this.#calendar.unselect()
        if (view.type === 'dayGridMonth') this.#fire('day', start.toISOString().slice(0, 10))
        else this.#fire('range', { start: this.#instant(start), end: this.#instant(end) })
      },
    })
    this.#calendar.render()
    this.#show()
  }

  override updated(changed: PropertyValues<this>) {
    if (changed.has('entries') || changed.has('view') || changed.has('date') || changed.has('zone')) this.#show()
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    this.#calendar?.destroy()
  }

  /** Puts the focus on an entry. */
  focusOn(id: string): void {
    requestAnimationFrame(() => this.renderRoot.querySelector<HTMLElement>(`[data-id="${id}"]`)?.focus())
  }

  /** Shows the entries as they are, and leaves those alone that have not changed; never under a drag. */
  #show(): void {
    if (!this.#calendar || this.#dragging || !this.date) return
    const focused = (this.renderRoot as ShadowRoot).activeElement
    const id = focused instanceof HTMLElement ? focused.dataset.id : undefined
    this.#calendar.batchRendering(() => {
      const [from, to] = this.#hours()
      this.#set('slotMinTime', `${from}:00:00`)
      this.#set('slotMaxTime', `${to}:00:00`)
      const shown = `${this.view} ${this.date}`
      if (shown !== this.#shown) this.#calendar.changeView(VIEWS[this.view], this.date)
      this.#shown = shown
      const moving = this.#moving?.entry
      const others = this.entries.filter(({ id }) => id !== moving?.id)
      draw(this.#calendar, moving ? [...others, moving] : others, this.zone)
      if (this.#moving) this.#mark(this.#moving)
    })
    const next = id ?? this.#next
    if (!next || !this.#calendar.getEventById(next)) return
    this.focusOn(next)
    this.#next = undefined
  }

  #set(option: 'slotMinTime' | 'slotMaxTime', value: string): void {
    if (this.#calendar.getOption(option) !== value) this.#calendar.setOption(option, value)
  }

  /** From which hour to which one the day is drawn: from 7 to 21, and further where something is. */
  #hours(): [string, string] {
    const [first, last] = datesOf(this.view, this.date)
    let [from, to] = [7, 21]
    for (const { start, end, kind } of this.entries) {
      const drawn = wallOf(this.zone, start, end)
      if (kind === 'block' || drawn.start < first || drawn.start >= last) continue
      from = Math.min(from, Number(drawn.start.slice(11, 13)))
      to = drawn.end.slice(0, 10) > drawn.start.slice(0, 10) ? 24 : Math.max(to, Math.ceil(Number(drawn.end.slice(11, 13)) + 0.5))
    }
    return [String(from).padStart(2, '0'), String(Math.min(to, 24)).padStart(2, '0')]
  }

  #instant = (drawn: Date) => instantIn(this.zone, drawn.toISOString().slice(0, 19))

  #wish(type: 'move' | 'resize', now: EventApi, before: EventApi, back: () => void): void {
    const entry = this.entries.find(({ id }) => id === now.id)
    if (!entry || !now.start) {
      back()
      return
    }
    const minutes = (to: Date | null, from: Date | null) => ((to ?? now.start!).getTime() - (from ?? before.start!).getTime()) / 60_000
    const wall = now.start.toISOString().slice(0, 19)
    const start = type === 'move' ? droppedAt(this.zone, entry.start, minutes(now.start, before.start), wall) : entry.start
    const long = entry.end.getTime() - entry.start.getTime()
    const end = new Date(start.getTime() + long + (type === 'resize' ? minutes(now.end, before.end) * 60_000 : 0))
    this.#fire(type, { entry, start, end, back } satisfies Wish)
  }

  #drag(on: boolean): void {
    this.#dragging = on
    if (!on) setTimeout(() => this.#show())
  }

  #key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const id = event.composedPath().find((one): one is HTMLElement => one instanceof HTMLElement && !!one.dataset.id)?.dataset.id
    const entry = this.entries.find((one) => one.id === id)
    if (this.#moving ? this.#keyWhileMoving(event.key) : this.#keyAt(event.key, entry)) {
      event.preventDefault()
      event.stopPropagation()
    }
  }

  #keyAt(key: string, entry: Entry | undefined): boolean {
    if (key === '?') return this.#fire('help', null)
    if (!entry) return false
    if (key === 'Enter' || key === ' ') return this.#fire('open', entry.id)
    if (key === 'n') return this.#fire('offer', entry.end)
    if (key === 'b') return this.#fire('block', entry.end)
    if (key === 'm' && entry.kind === 'slot' && entry.slot.available_actions.includes('move')) {
      this.#moving = { entry, start: entry.start, end: entry.end }
      this.#mark(this.#moving)
      return this.#fire('say', words.moving(sentenceOf(entry, this.zone)))
    }
    const all = this.entries.map(({ id, start }) => ({ id, date: dateIn(this.zone, start) }))
    const next = neighbour(all, entry.id, key)
    if (next) this.focusOn(next.id)
    return next !== null
  }

  #keyWhileMoving(key: string): boolean {
    const { entry, start, end } = this.#moving!
    const [step, growth] = [stepOf(key), growthOf(key)]
    if (step !== null || growth !== null) {
      const to = wallMoved(this.zone, start, step ?? 0)
      const long = Math.max(QUARTER, end.getTime() - start.getTime() + (growth ?? 0) * 60_000)
      this.#moving = { entry, start: to, end: new Date(to.getTime() + long) }
      this.#mark(this.#moving)
      this.#fire('say', words.movedTo(sentenceOf({ ...entry, start: to, end: this.#moving.end }, this.zone)))
    } else if (key === 'Enter') {
      this.#moving = null
      this.#mark({ entry, start, end }, false)
      const wish: Wish = { entry, start, end, back: () => this.#mark({ ...entry, entry }, false) }
      if (end.getTime() - start.getTime() !== entry.end.getTime() - entry.start.getTime()) this.#fire('resize', wish)
      else if (start.getTime() !== entry.start.getTime()) this.#fire('move', wish)
    } else if (key === 'Escape' || key === 'Tab') {
      this.#moving = null
      this.#mark({ ...entry, entry }, false)
      this.#fire('say', words.gaveUp)
      if (key === 'Tab') return false
    }
    return true
  }

  /** Draws an entry at other times, as one that is being moved; what is shown goes along. */
  #mark({ entry, start, end }: { entry: Entry; start: Date; end: Date }, moving = true): void {
    const drawn = wallOf(this.zone, start, end)
    const event = this.#calendar.getEventById(entry.id)
    event?.setDates(drawn.start, drawn.end)
    event?.setProp('classNames', [...(moving ? ['moving'] : []), lookOfEntry(entry)])
    const [first, last] = datesOf(this.view, this.date)
    const date = drawn.start.slice(0, 10)
    if (date < first || date >= last) {
      this.#next = entry.id
      this.#fire('turn', date)
    }
    this.focusOn(entry.id)
  }

  #fire(type: string, detail: unknown): true {
    this.dispatchEvent(new CustomEvent(type, { detail }))
    return true
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'calendar-grid': CalendarGrid
  }
}
