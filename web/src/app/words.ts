import { common } from '../words/common'

export const words = (await common).app
