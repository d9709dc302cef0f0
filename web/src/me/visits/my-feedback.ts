import { css, html } from 'lit'
import { customElement, query, state } from 'lit/decorators.js'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { words } from '../words'
import { VisitDialog } from './visit-dialog'

/** Rates a visit, with a word about it. */
@customElement('my-feedback')
export class MyFeedback extends VisitDialog {
  static override styles = [
    shared,
    css`
      fieldset {
        margin: 0;
        padding: 0;
        border: 0;
      }
      .choice {
        padding: 0.5rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }
    `,
  ]
  @state() private rating = 0
  @query('textarea') private comment!: HTMLTextAreaElement

  override render() {
    return this.dialog(
      words.rate,
      html`<fieldset>
          <legend class="label">${words.rating}</legend>
          <div class="row">
            ${[1, 2, 3, 4, 5].map(
              (one) => html`<label class="choice">
                <input type="radio" name="rating" aria-label=${words.stars(one)} @change=${() => this.#rate(one)} />
                <span aria-hidden="true">${one} ★</span>
              </label>`,
            )}
          </div>
        </fieldset>
        <label class="field">${words.comment}<textarea rows="3" maxlength="2000"></textarea></label>`,
      html`<button class="primary" ?disabled=${this.acts.busy || this.rating === 0} @click=${this.#send}>${words.send}</button>`,
    )
  }

  #rate(rating: number): void {
    this.rating = rating
  }

  #send = () =>
    this.act(async () => {
      const comment = this.comment.value.trim()
      await this.session.client.giveFeedback({ booking_id: this.visit.id, rating: this.rating, ...(comment && { comment }) })
      tell({ text: words.thanks })
    })
}

declare global {
  interface HTMLElementTagNameMap {
    'my-feedback': MyFeedback
  }
}
