import { spoken } from '../words/page-language'

/** What messages are called, and to whom and by what they go. */
export const messages = await spoken({
  en: () => import('./message-words/en'),
  pt: () => import('./message-words/pt'),
  es: () => import('./message-words/es'),
})
