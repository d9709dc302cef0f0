import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import '../app/app-bar'
import type { Session } from '../app/session'
import { words as app } from '../app/words'
import { shared } from '../parts/shared'
import './my-visits'
import { words } from './words'

/** The applicant's page. */
@customElement('my-page')
export class MyPage extends LitElement {
  static override styles = [
    shared,
    css`
      main {
        inline-size: min(64rem, 100% - 2rem);
        margin: calc(3 * var(--space)) auto;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session

  override render() {
    return html`<app-bar .session=${this.session}>${app.title}</app-bar>
      <main class="stack">
        <h1>${words.title}</h1>
        <my-visits .session=${this.session}></my-visits>
      </main>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'my-page': MyPage
  }
}
