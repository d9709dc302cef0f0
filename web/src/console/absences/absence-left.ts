import type { ChangePlan, Job, JobFailure } from '@estate-os/booking'
import { html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Names } from '../../parts/plan-view'
import { shared } from '../../parts/shared'
import { momentOf } from '../../parts/times'
import { words } from './words'

/** What is left of an absence whose job has ended: the slots that nobody could take, and why. */
@customElement('absence-left')
export class AbsenceLeft extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) job!: Job
  @property({ attribute: false }) plan!: ChangePlan
  @property({ attribute: false }) names: Names = new Map()
  @property() zone = 'UTC'

  override render() {
    const { failures } = this.job
    if (failures.length === 0) return html`<p role="status">${words.allDone}</p>`
    return html`<div class="stack" role="status">
      <p>${words.leftOver}</p>
      <ul>
        ${failures.map(this.#failure)}
      </ul>
    </div>`
  }

  #failure = ({ slot_id, code }: JobFailure) => {
    const slot = this.plan.slots.find((one) => one.slot_id === slot_id)
    const what = slot ? `${momentOf(slot.was.start_time, this.zone)}, ${this.names.get(slot.property_id) ?? ''}` : slot_id.slice(0, 8)
    return html`<li>${what}: ${words.failures[code] ?? code}</li>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'absence-left': AbsenceLeft
  }
}
