import type { PlanSlot } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { shared } from '../../parts/shared'
import { dayOf, hoursOf } from '../../parts/times'
import { byDay } from './days'
import { words } from './words'

/** Slots that would be made, day by day: what the clocks do to each, and what stands in its way. */
@customElement('planned-slots')
export class PlannedSlots extends LitElement {
  static override styles = [
    shared,
    css`
      h3 {
        margin-block: calc(1.5 * var(--space)) 0.25rem;
      }
      ul {
        gap: 0.25rem calc(2 * var(--space));
      }
      li.crossed > span:first-child {
        color: var(--faint);
        text-decoration: line-through;
      }
    `,
  ]
  @property({ attribute: false }) slots: readonly PlanSlot[] = []
  @property() zone = 'UTC'

  override render() {
    return [...byDay(this.slots, this.zone).values()].map(
      (slots) => html`<h3>${dayOf(slots[0]!.start_time, this.zone)}</h3>
        <ul class="plain row">
          ${slots.map(this.#slot)}
        </ul>`,
    )
  }

  #slot = ({ start_time, end_time, treated, clashes }: PlanSlot) => html`<li class=${clashes.length ? 'crossed' : ''}>
    <span class="number">${hoursOf(start_time, end_time, this.zone)}</span>
    ${treated ? html`<span class="badge">${words.treated[treated] ?? treated}</span>` : nothing}
    ${[...new Set(clashes.map(({ kind }) => kind))].map((kind) => html`<span class="badge warning">${words.clashes[kind] ?? kind}</span>`)}
  </li>`
}

declare global {
  interface HTMLElementTagNameMap {
    'planned-slots': PlannedSlots
  }
}
