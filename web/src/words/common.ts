import { language } from './page-language'

const texts = { en: () => import('./common/en'), pt: () => import('./common/pt'), es: () => import('./common/es') }

/** The texts of the frame, of the parts and of the applicant's page, which are wanted first: one file, on its way at once. */
export const common = texts[language]()
