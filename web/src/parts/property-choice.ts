import type { Property } from '@estate-os/booking'
import { customElement } from 'lit/decorators.js'
import { Choice, type Option } from './choice'
import { words } from './words'

/** What a home is called: its label, or the beginning of its id where it is nameless. */
export const propertyName = ({ id, label }: Pick<Property, 'id' | 'label'>) => label ?? words.nameless(id.slice(0, 8))

/** A choice of one of the agency's homes. */
@customElement('property-choice')
export class PropertyChoice extends Choice {
  protected override async read(signal: AbortSignal): Promise<Option[]> {
    const all = await Array.fromAsync(this.session.client.each.listProperties({ limit: 100 }, { signal }))
    return all.map((one) => ({ id: one.id, name: propertyName(one), more: one.area ?? undefined }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'property-choice': PropertyChoice
  }
}
