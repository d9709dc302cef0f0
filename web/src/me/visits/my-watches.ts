import type { Property, Watch } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { dayOf, viewersZone } from '../../parts/times'
import { agencyNames } from '../agencies'
import { words } from '../words'

interface Watched {
  watch: Watch
  home: Property
}

/** The homes that somebody watches. */
@customElement('my-watches')
export class MyWatches extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  readonly #acts = new Act(this)
  #watches!: Reading<{ watched: Watched[]; agencies: ReadonlyMap<string, string> }>

  override connectedCallback() {
    this.#watches ??= new Reading(this, { read: (signal) => this.#read(signal), lines: 1 })
    super.connectedCallback()
  }

  override render() {
    return this.#watches.render(({ watched, agencies }) =>
      watched.length === 0
        ? nothing
        : html`<section class="stack" aria-labelledby="watches">
            <h2 id="watches">${words.watches}</h2>
            <ul class="plain stack">${watched.map((one) => this.#watched(one, agencies))}</ul>
          </section>`,
    )
  }

  #watched({ watch, home }: Watched, agencies: ReadonlyMap<string, string>) {
    const zone = home.time_zone ?? viewersZone
    const { client } = this.session
    const { property_id, organization_id } = watch
    const names = watch.weekdays.map((day) => words.weekdays[day] ?? day).join(', ')
    return html`<li class="card stack">
      <div>
        <h3><a href="/app/me/find/${property_id}">${home.label ?? words.nameless}</a></h3>
        <div class="faint">${[home.area, agencies.get(organization_id)].filter(Boolean).join(' · ')}</div>
      </div>
      <p>${words.watching(dayOf(watch.from, zone), dayOf(watch.to, zone))} ${watch.weekdays.length < 7 ? words.onDays(names) : nothing}</p>
      <div class="row">
        <button ?disabled=${this.#acts.busy} @click=${() => this.#do(property_id, () => client.dismissWatch({ property_id, organization_id }), words.dismissed)}>
          ${words.dismiss}
        </button>
        <button ?disabled=${this.#acts.busy} @click=${() => this.#end(watch)}>${words.endWatch}</button>
      </div>
      ${this.#acts.refusalOf(property_id)}
    </li>`
  }

  #end({ property_id, organization_id, from, to, weekdays }: Watch) {
    const { client } = this.session
    const undo = async () => {
      await client.watchProperty({ property_id, organization_id, from, to, weekdays })
      await this.#watches.reload()
    }
    return this.#do(property_id, () => client.endWatch({ property_id, organization_id }), words.endedWatch, undo)
  }

  async #do(id: string, act: () => Promise<unknown>, done: string, undo?: () => Promise<unknown>): Promise<void> {
    if (await this.#acts.do(act, id)) tell({ text: done, ...(undo && { undo }) })
    void this.#watches.reload()
  }

  async #read(signal: AbortSignal) {
    const { client } = this.session
    const [{ data }, agencies] = await Promise.all([client.listWatches({}, { signal }), agencyNames(this.session)])
    const watched = data.watches.map(async (watch) => {
      const { property_id, organization_id } = watch
      return { watch, home: (await client.getProperty({ property_id, organization_id }, { signal })).data.property }
    })
    return { watched: await Promise.all(watched), agencies }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'my-watches': MyWatches
  }
}
