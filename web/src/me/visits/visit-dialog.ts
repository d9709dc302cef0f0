import type { Booking } from '@estate-os/booking'
import { html, LitElement, type TemplateResult } from 'lit'
import { property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/app-dialog'
import { shared } from '../../parts/shared'

/** A dialog that does one thing with a visit. Fires `done`, or `close` where it is left. */
export abstract class VisitDialog extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) visit!: Booking
  protected readonly acts = new Act(this)

  protected dialog(heading: string, content: unknown, actions: TemplateResult) {
    return html`<app-dialog heading=${heading} ?busy=${this.acts.busy} @close=${this.leave}>
      ${content} ${this.acts.refusal}
      <div slot="actions" class="row">${actions}</div>
    </app-dialog>`
  }

  protected leave = () => this.dispatchEvent(new Event('close'))

  /** Does it; what is refused is told here. */
  protected async act(act: () => Promise<void>): Promise<void> {
    if (await this.acts.do(act)) this.dispatchEvent(new Event('done'))
  }
}
