import type { Calendar, EventContentArg, EventInput } from '@fullcalendar/core'
import { hoursOf } from '../../parts/times'
import { comesTwice } from '../../parts/zones'
import { wallOf } from './dates'
import type { Entry } from './entries'
import { placeOf, sentenceOf, titleOf } from './texts'

const MANY = 20 // new events, from which on all are given at once: for each alone the calendar goes over all that it has

/** How an entry is drawn, besides its times. */
export const lookOfEntry = (entry: Entry): string => (entry.kind === 'slot' ? entry.look : 'block')

const isMovable = (entry: Entry) => entry.kind === 'slot' && entry.slot.available_actions.includes('move')

/** Draws the entries as they are, and leaves those alone that have not changed. */
export function draw(calendar: Calendar, entries: readonly Entry[], zone: string): void {
  const wanted = new Map(entries.map((one) => [one.id, keyOf(one, zone)]))
  const stay = new Set<string>()
  const gone = []
  for (const event of calendar.getEvents()) {
    if (wanted.get(event.id) === event.extendedProps.key) stay.add(event.id)
    else gone.push(event)
  }
  const added = entries.filter(({ id }) => !stay.has(id))
  if (gone.length + added.length > MANY) {
    calendar.removeAllEventSources()
    calendar.removeAllEvents()
    calendar.addEventSource(entries.map((one) => eventOf(one, zone)))
  } else {
    for (const event of gone) event.remove()
    for (const one of added) calendar.addEvent(eventOf(one, zone))
  }
}

/** All that an event is made of, without what takes long to write. */
const keyOf = (entry: Entry, zone: string) =>
  [entry.start.getTime(), entry.end.getTime(), zone, lookOfEntry(entry), isMovable(entry), titleOf(entry), placeOf(entry)].join('\n')

function eventOf(entry: Entry, zone: string): EventInput {
  return {
    id: entry.id,
    title: titleOf(entry),
    ...wallOf(zone, entry.start, entry.end),
    classNames: [lookOfEntry(entry)],
    editable: isMovable(entry),
    extendedProps: { key: keyOf(entry, zone), place: twice(entry, zone) + placeOf(entry), sentence: sentenceOf(entry, zone) },
  }
}

/** When it is, where its place in the day does not tell. */
const twice = ({ start, end }: Entry, zone: string) => (comesTwice(zone, start) ? `${hoursOf(start, end, zone)} · ` : '')

/** What stands in an event: to be seen, and to be heard. */
export function contentOf({ event }: EventContentArg): Node[] {
  const made = (tag: string, text: string) => Object.assign(document.createElement(tag), { textContent: text })
  const hidden = Object.assign(made('span', event.extendedProps.sentence ?? ''), { className: 'visually-hidden' })
  const seen = [made('strong', event.title), made('span', event.extendedProps.place ?? '')]
  for (const one of seen) one.setAttribute('aria-hidden', 'true')
  return [hidden, ...seen]
}
