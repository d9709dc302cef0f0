import { type Language, languageOf, type Translations, textsIn } from './language'

const asked = new URLSearchParams(globalThis.location?.search).get('lang')

/** The language of the page: as its address asks (`?lang=pt`), or else as the browser does. */
export const language: Language = languageOf([...(asked ? [asked] : []), ...navigator.languages])

/** The locale for dates and numbers: the browser's own variant of the language where it has one. */
export const locale =
  navigator.languages.find((one) => languageOf([one]) === language && one.toLowerCase().startsWith(language)) ?? language

/** The texts of a screen in the page's language; to be awaited at the top of its `words.ts`. */
export function spoken<T>(translations: Translations<T>): Promise<T> {
  return textsIn(language, translations)
}
