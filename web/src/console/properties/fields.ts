import type { BookingClient, Property } from '@estate-os/booking'
import { type Entered, enteredOf } from '../../parts/draft'
import type { TextField } from '../../parts/text-field'

export type FieldName = 'label' | 'area' | 'address' | 'directions' | 'meeting_point' | 'image_url' | 'time_zone' | 'status'

/** How each text is entered that is known of a home, as the contract has it. In the order of the page. */
export const TEXTS: Partial<Record<FieldName, Omit<TextField, 'label'>>> = {
  label: { most: 200, required: true },
  area: { most: 200 },
  address: { most: 500 },
  meeting_point: { most: 500 },
  directions: { most: 2000, lines: 3 },
  image_url: { type: 'url', most: 2048, pattern: 'https://.*' },
}
export const NAMES: readonly FieldName[] = [...(Object.keys(TEXTS) as FieldName[]), 'time_zone', 'status']

/** What is known of a home, and which version that is. */
export interface Known {
  home: Property
  etag: string
}

export const enteredOfHome = (home: Property): Entered<FieldName> => enteredOf(NAMES, { ...home })

/** Say what a home is, unless somebody has changed it since. Without a note the one that there is stays; null removes it. */
export async function putHome(
  client: BookingClient,
  { home, etag }: Known,
  to: Entered<FieldName>,
  access_note?: string | null,
): Promise<Known> {
  const { status, ...texts } = to
  const asked = {
    property_id: home.id,
    ...texts,
    status: status as Property['status'],
    ...(access_note === undefined ? {} : { access_note }),
  }
  const answer = await client.putProperty(asked, { ifMatch: etag })
  return { home: answer.data.property, etag: answer.etag ?? '*' }
}
