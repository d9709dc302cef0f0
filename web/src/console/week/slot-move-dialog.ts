import type { ChangePlan, Slot } from '@estate-os/booking'
import { html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/app-dialog'
import '../../parts/plan-view'
import type { Names } from '../../parts/plan-view'
import { shared } from '../../parts/shared'
import { words as parts } from '../../parts/words'
import { move, planMove } from './changes'
import { words } from './words'

/** Shows what a move does to whom, and moves. Where the plan has changed meanwhile it shows the new one. Fires `done` and `close`. */
@customElement('slot-move-dialog')
export class SlotMoveDialog extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) slotToMove!: Slot
  @property({ attribute: false }) to!: Date
  @property({ attribute: false }) plan!: ChangePlan
  @property({ attribute: false }) names: Names = new Map()
  @property() zone = 'UTC'
  readonly #acts = new Act(this)

  override render() {
    return html`<app-dialog wide heading=${words.planHeading} ?busy=${this.#acts.busy} @close=${() => this.dispatchEvent(new Event('close'))}>
      <plan-view .plan=${this.plan} .names=${this.names} zone=${this.zone}></plan-view>
      <p>${words.planAdvice}</p>
      ${this.#acts.refusal}
      <button slot="actions" ?disabled=${this.#acts.busy} @click=${() => this.dispatchEvent(new Event('close'))}>${words.keep}</button>
      <button slot="actions" class="primary" ?disabled=${this.#acts.busy} @click=${this.#move}>${this.#acts.busy ? parts.doing : words.move}</button>
    </app-dialog>`
  }

  #move = () =>
    this.#acts.do(async () => {
      const { client } = this.session
      try {
        await move(client, this.slotToMove, this.to, this.plan.hash, this.zone)
      } catch (error) {
        this.plan = await planMove(client, this.slotToMove, this.to).catch(() => this.plan)
        throw error
      }
      this.dispatchEvent(new Event('done'))
    })
}

declare global {
  interface HTMLElementTagNameMap {
    'slot-move-dialog': SlotMoveDialog
  }
}
