import { html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'

/** The scheduler of a property, for an agency's own site. */
@customElement('visit-scheduler')
export class VisitScheduler extends LitElement {
  @property() property = ''

  override render() {
    return html`<slot></slot>`
  }
}
