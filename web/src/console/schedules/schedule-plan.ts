import type { SchedulePlan } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { shared } from '../../parts/shared'
import { dateText, timeText } from './local-days'
import './planned-slots'
import { words } from './words'

/** What a schedule would make: every slot, what the clocks do to it, and what stands in its way. */
@customElement('schedule-plan')
export class SchedulePlanView extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) plan!: SchedulePlan
  @property() zone = 'UTC'

  override render() {
    const { counts, slots, left_out } = this.plan
    return html`<p role="status"><strong>${words.counts(counts.slots - counts.clashes, counts.clashes)}</strong></p>
      ${counts.gaps + counts.folds ? html`<p>${words.clocks(counts.gaps, counts.folds)}</p>` : nothing}
      ${left_out.length ? html`<p>${words.leftOut(left_out.map((one) => `${dateText(one)}, ${timeText(one)}`).join('; '))}</p>` : nothing}
      <planned-slots .slots=${slots} zone=${this.zone}></planned-slots>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'schedule-plan': SchedulePlanView
  }
}
