import { propertyName } from '../../parts/property-choice'
import { dayOf, hoursOf } from '../../parts/times'
import type { Entry } from './entries'
import { words } from './words'

/** What stands first on an entry: who comes, how full it is, or how it looks. */
export function titleOf(entry: Entry): string {
  if (entry.kind === 'block') return entry.block.reason ?? words.looks.block
  const { slot, visits, look } = entry
  if (slot.capacity > 1 && look !== 'cancelled') return words.places(slot.capacity - slot.places_left, slot.capacity)
  const [first] = visits
  return first?.applicant ? first.applicant.name : words.looks[look]
}

/** Which home it is, and whose time. */
export function placeOf(entry: Entry): string {
  return entry.kind === 'block'
    ? entry.block.reason === null
      ? ''
      : words.looks.block
    : propertyName({ id: entry.slot.property_id, label: entry.slot.property.label })
}

/** All of an entry in a sentence, as a screen reader says it. */
export function sentenceOf(entry: Entry, zone: string): string {
  const look = entry.kind === 'block' ? words.looks.block : words.looks[entry.look]
  return [dayOf(entry.start, zone), hoursOf(entry.start, entry.end, zone), titleOf(entry), look, placeOf(entry)]
    .filter((one, at, all) => one !== '' && all.indexOf(one) === at)
    .join(', ')
}
