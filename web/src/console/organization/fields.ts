import type { Organization } from '@estate-os/booking'
import { type Entered, enteredOf } from '../../parts/draft'

export type FieldName = Exclude<keyof Organization, 'id' | 'updated_at'>

interface Field {
  type: 'text' | 'email' | 'tel' | 'url'
  most: number
  pattern?: string
  example?: string
  autocomplete?: string
}

/** How each thing is entered that an agency says of itself, as the contract has it. In the order of the page. */
export const FIELDS: Record<FieldName, Field> = {
  name: { type: 'text', most: 200, autocomplete: 'organization' },
  time_zone: { type: 'text', most: 64, example: 'Europe/Lisbon' },
  locale: { type: 'text', most: 35, pattern: '[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*', example: 'pt-PT' },
  email: { type: 'email', most: 320 },
  phone: { type: 'tel', most: 16, pattern: '\\+[1-9][0-9]{6,14}', example: '+351210000000' },
  website: { type: 'url', most: 2048, pattern: 'https://.*', example: 'https://example.com' },
  colour: { type: 'text', most: 7, pattern: '#[0-9A-Fa-f]{6}', example: '#1f4b99' },
  logo_url: { type: 'url', most: 2048, pattern: 'https://.*', example: 'https://example.com/logo.png' },
  reply_to: { type: 'email', most: 320 },
}
export const NAMES = Object.keys(FIELDS) as FieldName[]

/** What an agency says of itself, by the fields: what is empty is not known. */
export const said = (from: Partial<Record<string, unknown>>): Entered<FieldName> => enteredOf(NAMES, from)
