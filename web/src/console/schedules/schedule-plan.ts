import type { PlanSlot, SchedulePlan } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { shared } from '../../parts/shared'
import { momentOf, timeOf } from '../../parts/times'
import { words } from './words'

/** What a schedule would make: every slot, what the clocks do to it, and what stands in its way. */
@customElement('schedule-plan')
export class SchedulePlanView extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) plan!: SchedulePlan
  @property() zone = 'UTC'

  override render() {
    const { counts, slots, left_out } = this.plan
    return html`<div class="stack">
      <p role="status"><strong>${words.counts(counts.slots - counts.clashes, counts.clashes)}</strong></p>
      ${counts.gaps + counts.folds ? html`<p>${words.clocks(counts.gaps, counts.folds)}</p>` : nothing}
      ${left_out.length ? html`<p>${words.leftOut(left_out.map((one) => one.slice(0, 16).replace('T', ' ')).join(', '))}</p>` : nothing}
      <ul class="plain">
        ${slots.map(this.#slot)}
      </ul>
    </div>`
  }

  #slot = ({ start_time, end_time, treated, clashes }: PlanSlot) => html`<li class="row">
    <span>${momentOf(start_time, this.zone)} – ${timeOf(end_time, this.zone)}</span>
    ${treated ? html`<span class="badge">${words.treated[treated] ?? treated}</span>` : nothing}
    ${clashes.map(({ kind }) => html`<span class="badge warning">${words.clashes[kind] ?? kind}</span>`)}
  </li>`
}

declare global {
  interface HTMLElementTagNameMap {
    'schedule-plan': SchedulePlanView
  }
}
