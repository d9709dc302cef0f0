import type { Block } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/agent-choice'
import '../../parts/app-dialog'
import { shared } from '../../parts/shared'
import { momentOf } from '../../parts/times'
import { words as parts } from '../../parts/words'
import { instantIn, localIn } from '../../parts/zones'
import { blockTime, unblock } from './changes'
import { words } from './words'

/** Blocks a time of an agent; or, with `block`, shows one and removes it. Fires `done` and `close`. */
@customElement('block-dialog')
export class BlockDialog extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) block: Block | null = null
  @property({ attribute: false }) start!: Date
  @property({ attribute: false }) end!: Date
  @property() zone = 'UTC'
  @property() agent = ''
  readonly #acts = new Act(this)

  override render() {
    return html`<app-dialog heading=${this.block ? words.looks.block : words.blockHeading} ?busy=${this.#acts.busy} @close=${() => this.dispatchEvent(new Event('close'))}>
      ${this.block ? this.#shown(this.block) : this.#form()}
      ${this.#acts.refusal}
      <button slot="actions" ?disabled=${this.#acts.busy} @click=${() => this.dispatchEvent(new Event('close'))}>${parts.close}</button>
      ${
        this.block?.source === 'calendar'
          ? nothing
          : html`<button slot="actions" class=${this.block ? 'danger' : 'primary'} ?disabled=${this.#acts.busy} @click=${this.#act}>
              ${this.#acts.busy ? parts.doing : this.block ? words.unblock : words.block}
            </button>`
      }
    </app-dialog>`
  }

  #shown = ({ from, to, reason, source }: Block) => html`
    <p><strong>${momentOf(from, this.zone)} – ${momentOf(to, this.zone)}</strong></p>
    ${reason ? html`<p>${reason}</p>` : nothing}
    <p class="faint">${words.sources[source] ?? source}</p>
  `

  #form() {
    const local = (at: Date) => localIn(this.zone, at).slice(0, 16)
    return html`<form class="stack" @submit=${this.#act}>
      ${
        this.session.me.agent?.role === 'admin'
          ? html`<agent-choice
              .session=${this.session}
              label=${words.agent}
              value=${this.agent || this.session.me.agent.id}
              @change=${(event: Event) => (this.agent = (event.target as HTMLInputElement).value)}
            ></agent-choice>`
          : nothing
      }
      <div class="row">
        <label class="field">${words.from}<input name="from" type="datetime-local" required .value=${local(this.start)} /></label>
        <label class="field">${words.to}<input name="to" type="datetime-local" required .value=${local(this.end)} /></label>
      </div>
      <label class="field">
        ${words.reason}<input name="reason" maxlength="500" /><span class="small faint">${words.reasonOwn}</span>
      </label>
    </form>`
  }

  #act = async (event: Event) => {
    event.preventDefault()
    const form = this.renderRoot.querySelector('form')
    if (form && !form.reportValidity()) return
    await this.#acts.do(async () => {
      const { client, me } = this.session
      if (this.block) await unblock(client, this.block)
      else {
        const given = Object.fromEntries(new FormData(form!)) as Record<string, string>
        const [from, to] = [instantIn(this.zone, given.from!), instantIn(this.zone, given.to!)]
        await blockTime(client, this.agent || me.agent!.id, from, to, given.reason || null)
      }
      this.dispatchEvent(new Event('done'))
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'block-dialog': BlockDialog
  }
}
