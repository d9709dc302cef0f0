export const LANGUAGES = ['en', 'pt', 'es'] as const
export type Language = (typeof LANGUAGES)[number]

/** Texts of one screen by language, each loaded only where it is spoken: `{ en: () => import('./words/en'), … }`. */
export type Translations<T> = { [Spoken in Language]: () => Promise<{ default: T }> }

/** The first language that is asked for and that there are texts in, or else English. */
export function languageOf(asked: readonly string[]): Language {
  for (const tag of asked) {
    const found = LANGUAGES.find((one) => tag.toLowerCase().split('-')[0] === one)
    if (found) return found
  }
  return 'en'
}

export async function textsIn<T>(language: Language, translations: Translations<T>): Promise<T> {
  return (await translations[language]()).default
}
