import { eventName } from '../../parts/event-words'
import { words } from './words'

const SHOWN = 4

/** What an endpoint hears, in short. */
export function typesText(types: readonly string[] | null): string {
  if (types === null) return words.hearsAll
  const names = types.slice(0, SHOWN).map(eventName).join(', ')
  return words.hears(types.length > SHOWN ? words.andMore(names, types.length - SHOWN) : names)
}

/** Types with how many there are of each. */
export const countsText = (counts: readonly [type: string, count: number][]): string =>
  counts.map(([type, count]) => `${eventName(type)}: ${count}`).join(' · ')
