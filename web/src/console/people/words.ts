import { spoken } from '../../words/page-language'

export const words = await spoken({
  en: () => import('./words/en'),
  pt: () => import('./words/pt'),
  es: () => import('./words/es'),
})
