import type { Booking } from '@estate-os/booking'
import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import '../../parts/app-dialog'
import '../../parts/app-problem'
import { shared } from '../../parts/shared'

/** A dialog that does one thing with a visit. Fires `done`, or `close` where it is left. */
export abstract class VisitDialog extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) visit!: Booking
  @state() protected busy = false
  @state() protected error: unknown

  protected dialog(heading: string, content: unknown, actions: TemplateResult) {
    return html`<app-dialog heading=${heading} ?busy=${this.busy} @close=${this.leave}>
      ${content} ${this.error === undefined ? nothing : html`<app-problem .error=${this.error}></app-problem>`}
      <div slot="actions" class="row">${actions}</div>
    </app-dialog>`
  }

  protected leave = () => {
    this.dispatchEvent(new Event('close'))
  }

  /** Does it; what is refused is told here. */
  protected async act(act: () => Promise<void>): Promise<void> {
    this.busy = true
    this.error = undefined
    try {
      await act()
      this.dispatchEvent(new Event('done'))
    } catch (error) {
      this.error = error
    } finally {
      this.busy = false
    }
  }
}
