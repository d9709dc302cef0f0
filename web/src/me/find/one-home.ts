import type { Property, Weekday } from '@estate-os/booking'
import { html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import '../../scheduler/visit-scheduler'
import { locale } from '../../words/page-language'
import { words } from '../words'

const WATCHED = 60 * 86_400_000 // milliseconds ahead
const WEEK: Weekday[] = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

/** One home: its free visits, to be booked, and a watch where none fits. */
@customElement('one-home')
export class OneHome extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) homeId = ''
  readonly #acts = new Act(this)
  #home!: Reading<Property>

  override connectedCallback() {
    this.#home ??= new Reading(this, { read: (signal) => this.#read(signal), live: this.session.live, on: ['property.'], lines: 2 })
    super.connectedCallback()
  }

  override updated(changed: Map<PropertyKey, unknown>) {
    if (!changed.get('homeId')) return
    this.#home.value = undefined
    void this.#home.reload()
  }

  override render() {
    return html`<div class="stack">
      <p><a href="/app/me/find">← ${words.backToHomes}</a></p>
      <h1>${words.choose}</h1>
      ${this.#home.render(
        (home) => html`<visit-scheduler property=${home.id} lang=${locale} .getToken=${this.session.token}></visit-scheduler>
          <div class="row">
            <button ?disabled=${this.#acts.busy} @click=${() => this.#watch(home)}>${words.watch}</button>
          </div>
          ${this.#acts.refusal}`,
      )}
    </div>`
  }

  async #watch({ id, organization_id }: Property): Promise<void> {
    const { client, clock } = this.session
    const from = clock.now()
    const of = { property_id: id, organization_id }
    await this.#acts.do(async () => {
      await client.watchProperty({ ...of, from, to: new Date(from.getTime() + WATCHED), weekdays: WEEK })
      tell({ text: words.watched, undo: () => client.endWatch(of) })
    })
  }

  /** Of the first of the agencies that knows it; ids of homes are unique in practice. */
  async #read(signal: AbortSignal): Promise<Property> {
    const { client, me } = this.session
    const asked = me.applicants.map(async ({ organization_id }) => {
      return (await client.getProperty({ property_id: this.homeId, organization_id }, { signal })).data.property
    })
    return Promise.any(asked).catch((error: AggregateError) => Promise.reject(error.errors[0]))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'one-home': OneHome
  }
}
