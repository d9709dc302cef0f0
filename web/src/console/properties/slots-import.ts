import { type ImportResult, InvalidRequest, type Property } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/agent-choice'
import '../../parts/app-dialog'
import { download } from '../../parts/download'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { viewersZone } from '../../parts/times'
import { words as parts } from '../../parts/words'
import '../../parts/zone-choice'
import { dateIn } from '../../parts/zones'
import { typeOf } from './faults'
import './import-outcome'
import { words } from './words'

const DAY = 86_400_000

interface Given {
  text: string
  type: ReturnType<typeof typeOf>
}

/** Offers the slots of a file: what would become of each line first, then it is done. `home` is of the lines that name none. Fires `close`. */
@customElement('slots-import')
export class SlotsImport extends LitElement {
  static override styles = [
    shared,
    css`
      form[hidden] {
        display: none;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) home: Property | null = null
  @property() zone = viewersZone
  @state() private agent = ''
  @state() private results: ImportResult[] = []
  @state() private done = false
  @query('input[type=file]') private file!: HTMLInputElement
  #given: Given | null = null
  readonly #acts = new Act(this)

  override render() {
    const faulty = this.#acts.error instanceof InvalidRequest
    return html`<app-dialog wide heading=${words.importing} ?busy=${this.#acts.busy} @close=${this.#leave}>
      <form class="stack" ?hidden=${this.results.length > 0} @submit=${this.#look}>
        <p>${this.home ? words.importHere : words.importAnywhere}</p>
        <div><button type="button" @click=${this.#example}>${words.example}</button></div>
        <label class="field">${words.importFile} <input type="file" required accept=".csv,.tsv,.txt,.ics,text/csv,text/calendar" /></label>
        <zone-choice label=${words.importZone} .value=${this.zone} @change=${(event: Event) => (this.zone = (event.target as HTMLInputElement).value)}></zone-choice>
        ${this.#agents()}
      </form>
      <import-outcome .results=${this.results} .refused=${faulty ? this.#acts.error : undefined} zone=${this.zone}></import-outcome>
      ${faulty ? nothing : this.#acts.refusal} ${this.#actions()}
    </app-dialog>`
  }

  #agents() {
    const { agent } = this.session.me
    if (agent?.role !== 'admin') return nothing
    return html`<agent-choice
      .session=${this.session}
      label=${words.importAgent}
      value=${this.agent || agent.id}
      @change=${(event: Event) => (this.agent = (event.target as HTMLInputElement).value)}
    ></agent-choice>`
  }

  #actions() {
    const { busy } = this.#acts
    if (this.done) return html`<button slot="actions" class="primary" @click=${this.#leave}>${parts.close}</button>`
    if (this.results.length === 0) {
      return html`<button slot="actions" ?disabled=${busy} @click=${this.#leave}>${parts.back}</button>
        <button slot="actions" class="primary" ?disabled=${busy} @click=${this.#ask}>${busy ? parts.doing : words.importPreview}</button>`
    }
    const fits = this.results.filter(({ status }) => status === 'fits').length
    return html`<button slot="actions" ?disabled=${busy} @click=${this.#back}>${parts.back}</button>
      <button slot="actions" class="primary" ?disabled=${busy || fits === 0} @click=${this.#import}>${busy ? parts.doing : words.importIt(fits)}</button>`
  }

  #ask = () => this.renderRoot.querySelector('form')?.requestSubmit()

  #look = async (event: SubmitEvent) => {
    event.preventDefault()
    const file = this.file.files?.[0]
    if (!file) return
    await this.#acts.do(async () => {
      this.#given = { text: await file.text(), type: typeOf(file) }
      this.results = await this.#send(this.#given, true)
    })
  }

  #import = () =>
    this.#acts.do(async () => {
      const { client } = this.session
      this.results = await this.#send(this.#given!, false)
      this.done = true
      const ids = this.results.flatMap(({ slot }) => (slot ? [slot.id] : []))
      if (ids.length) tell({ text: words.imported(ids.length), undo: () => client.cancelSlots({ ids, mode: 'each' }) })
    })

  async #send({ text, type }: Given, dry_run: boolean): Promise<ImportResult[]> {
    const asked = {
      body: text,
      mode: 'each' as const,
      dry_run,
      time_zone: this.zone,
      ...(this.home && { property_id: this.home.id }),
      ...(this.agent && { agent_id: this.agent }),
    }
    return (await this.session.client.importSlots(asked, { contentType: type })).data.results
  }

  #example = () => {
    const day = dateIn(this.zone, new Date(Date.now() + DAY))
    const home = this.home?.id ?? '00000000-0000-0000-0000-000000000000'
    download('slots.csv', `property_id;start_time;end_time;capacity\n${home};${day} 10:00;${day} 10:30;1\n`, 'text/csv')
  }

  #back = () => {
    this.results = []
    this.#acts.forget()
  }

  #leave = () => this.dispatchEvent(new Event('close'))
}

declare global {
  interface HTMLElementTagNameMap {
    'slots-import': SlotsImport
  }
}
