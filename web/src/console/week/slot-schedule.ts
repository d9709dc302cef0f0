import type { Schedule } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { words } from './words'

/** Leads to the schedule that has made a slot, where one has: until that is known there is nothing to see. */
@customElement('slot-schedule')
export class SlotSchedule extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: 'slot-id' }) slotId = ''
  #schedule!: Reading<Schedule | null>

  override connectedCallback() {
    this.#schedule ??= new Reading<Schedule | null>(this, {
      read: async (signal) => (await this.session.client.listSchedules({ slot_id: this.slotId }, { signal })).data.schedules[0] ?? null,
    })
    super.connectedCallback()
  }

  override render() {
    const { value } = this.#schedule
    return value ? html`<a href="/app/schedules/${value.id}">${words.ofSchedule}</a>` : nothing
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'slot-schedule': SlotSchedule
  }
}
