import { spoken } from '../words/page-language'

const words = await spoken({
  en: () => import('./event-words/en'),
  pt: () => import('./event-words/pt'),
  es: () => import('./event-words/es'),
})

/** What a type of event is called; one of a newer release is shown as it is. */
export const eventName = (type: string): string => words.types[type] ?? type

/** All types of events, under what they are about. `webhook.test` is none of the record. */
export const eventTypes: readonly { about: string; types: readonly string[] }[] = Object.entries(words.groups).map(([group, about]) => ({
  about,
  types: Object.keys(words.types).filter((type) => type.startsWith(`${group}.`)),
}))
