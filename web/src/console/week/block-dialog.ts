import { type Block, BlockOverlapsSlots } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
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

const MOST = 5 // slots that are named

/** What is to be blocked, and when the slots begin that are there. */
interface InTheWay {
  agent_id: string
  from: Date
  to: Date
  starts: Date[]
}

/** Blocks a time of an agent; or, with `block`, shows one and removes it. Fires `done` and `close`;
 * and `absence` with an agent and a time that is to be blocked although slots are there. */
@customElement('block-dialog')
export class BlockDialog extends LitElement {
  static override styles = [
    shared,
    css`
      ul {
        margin: 0;
      }
      .field .small {
        font-weight: 400;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) block: Block | null = null
  @property({ attribute: false }) start!: Date
  @property({ attribute: false }) end!: Date
  @property() zone = 'UTC'
  @property() agent = ''
  @state() private inTheWay: InTheWay | null = null
  readonly #acts = new Act(this)

  override render() {
    return html`<app-dialog heading=${this.block ? words.looks.block : words.blockHeading} ?busy=${this.#acts.busy} @close=${() => this.dispatchEvent(new Event('close'))}>
      ${this.block ? this.#shown(this.block) : this.#form()}
      ${this.#acts.refusal} ${this.inTheWay ? this.#slots(this.inTheWay) : nothing}
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

  #slots = ({ starts, ...asked }: InTheWay) => html`<ul>
      ${starts.slice(0, MOST).map((one) => html`<li>${momentOf(one, this.zone)}</li>`)}
      ${starts.length > MOST ? html`<li>${parts.more(starts.length - MOST)}</li>` : nothing}
    </ul>
    <p>${words.absenceInstead}</p>
    <div>
      <button @click=${() => this.dispatchEvent(new CustomEvent('absence', { detail: asked }))}>${words.absence}</button>
    </div>`

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
    this.inTheWay = null
    await this.#acts.do(async () => {
      const { client, me } = this.session
      if (this.block) await unblock(client, this.block)
      else {
        const given = Object.fromEntries(new FormData(form!)) as Record<string, string>
        const [from, to] = [instantIn(this.zone, given.from!), instantIn(this.zone, given.to!)]
        const agent_id = this.agent || me.agent!.id
        await blockTime(client, agent_id, from, to, given.reason || null).catch((error) => {
          if (error instanceof BlockOverlapsSlots) this.inTheWay = { agent_id, from, to, starts: startsIn(error) }
          throw error
        })
      }
      this.dispatchEvent(new Event('done'))
    })
  }
}

const startsIn = ({ body }: BlockOverlapsSlots) => (body.slots ?? []).map(({ start_time }) => new Date(start_time))

declare global {
  interface HTMLElementTagNameMap {
    'block-dialog': BlockDialog
  }
}
