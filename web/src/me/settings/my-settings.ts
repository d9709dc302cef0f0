import { html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { shared } from '../../parts/shared'
import { words } from '../words'
import './my-contact'
import './my-feeds'

/** How somebody is reached, and what reads their visits. */
@customElement('my-settings')
export class MySettings extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session

  override render() {
    return html`<div class="stack">
      <h1>${words.settings}</h1>
      <my-contact .session=${this.session}></my-contact>
      <my-feeds .session=${this.session}></my-feeds>
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'my-settings': MySettings
  }
}
