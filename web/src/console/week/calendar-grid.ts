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
import { datesOf, type View, wallMoved, wallOf } from './dates'
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
  id: string
  start: Date
  end: Date
  back: () => void
}

/**
 * A calendar of entries, on the wall clock of `zone`. The calendar knows no zones: it is given local times, and gives local times
 * back. Fires `open` (id), `range` (free time was dragged over: start and end), `move` and `resize` (a Wish), `day` (a date),
 * `offer` and `block` (a start, by keyboard), `help`, and `say` (a text for a screen reader).
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
  #moving: { id: string; from: Date; start: Date; long: number; was: number } | null = null

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
    if (!this.#calendar || this.#dragging || this.#moving || !this.date) return
    const focused = (this.renderRoot as ShadowRoot).activeElement
    const id = focused instanceof HTMLElement ? focused.dataset.id : undefined
    this.#calendar.batchRendering(() => {
      const [from, to] = this.#hours()
      this.#set('slotMinTime', `${from}:00:00`)
      this.#set('slotMaxTime', `${to}:00:00`)
      const shown = `${this.view} ${this.date}`
      if (shown !== this.#shown) this.#calendar.changeView(VIEWS[this.view], this.date)
      this.#shown = shown
      draw(this.#calendar, this.entries, this.zone)
    })
    if (id) this.focusOn(id)
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
    const [start, long] = [this.#instant(now.start), entry.end.getTime() - entry.start.getTime()]
    const grown =
      (now.end ?? now.start).getTime() - now.start.getTime() - ((before.end ?? before.start!).getTime() - before.start!.getTime())
    const end = new Date(start.getTime() + long + (type === 'resize' ? grown : 0))
    this.#fire(type, { id: now.id, start, end, back } satisfies Wish)
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
      const long = entry.end.getTime() - entry.start.getTime()
      this.#moving = { id: entry.id, from: entry.start, start: entry.start, long, was: long }
      this.#mark(true)
      return this.#fire('say', words.moving(sentenceOf(entry, this.zone)))
    }
    const all = this.entries.map(({ id, start }) => ({ id, date: dateIn(this.zone, start) }))
    const next = neighbour(all, entry.id, key)
    if (next) this.focusOn(next.id)
    return next !== null
  }

  #keyWhileMoving(key: string): boolean {
    const moving = this.#moving!
    const [step, growth] = [stepOf(key), growthOf(key)]
    if (step !== null || growth !== null) {
      moving.start = wallMoved(this.zone, moving.start, step ?? 0)
      moving.long = Math.max(QUARTER, moving.long + (growth ?? 0) * 60_000)
      this.#draw(moving.id, moving.start, moving.long)
      this.#fire('say', words.movedTo(sentenceOf({ ...this.#entry(moving.id), ...this.#span(moving) }, this.zone)))
    } else if (key === 'Enter') {
      this.#endMoving()
      const back = () => this.#draw(moving.id, moving.from, moving.was)
      if (moving.long !== moving.was) this.#fire('resize', { id: moving.id, ...this.#span(moving), back } satisfies Wish)
      else if (moving.start.getTime() !== moving.from.getTime())
        this.#fire('move', { id: moving.id, ...this.#span(moving), back } satisfies Wish)
    } else if (key === 'Escape' || key === 'Tab') {
      this.#endMoving()
      this.#draw(moving.id, moving.from, moving.was)
      this.#fire('say', words.gaveUp)
      if (key === 'Tab') return false
    }
    return true
  }

  #endMoving(): void {
    this.#mark(false)
    this.#moving = null
  }

  #entry = (id: string) => this.entries.find((one) => one.id === id)!

  #span = ({ start, long }: { start: Date; long: number }) => ({ start, end: new Date(start.getTime() + long) })

  #mark(on: boolean): void {
    this.#calendar
      .getEventById(this.#moving!.id)
      ?.setProp('classNames', [...(on ? ['moving'] : []), lookOfEntry(this.#entry(this.#moving!.id))])
    this.focusOn(this.#moving!.id)
  }

  #draw(id: string, start: Date, long: number): void {
    const drawn = wallOf(this.zone, start, new Date(start.getTime() + long))
    this.#calendar.getEventById(id)?.setDates(drawn.start, drawn.end)
    const [first, last] = datesOf(this.view, this.date)
    const date = drawn.start.slice(0, 10)
    this.#calendar.gotoDate(date < first || date >= last ? date : this.date)
    this.#shown = ''
    this.focusOn(id)
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
