import type { CalendarFeed } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/app-empty'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { dayOf, viewersZone } from '../../parts/times'
import { agencyNames } from '../agencies'
import { words } from '../words'

/** Addresses by which calendar programs read somebody's visits. */
@customElement('my-feeds')
export class MyFeeds extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @state() private made: string | null = null
  readonly #acts = new Act(this)
  #feeds!: Reading<{ feeds: CalendarFeed[]; agencies: ReadonlyMap<string, string> }>

  override connectedCallback() {
    this.#feeds ??= new Reading(this, {
      read: async (signal) => {
        const [{ data }, agencies] = await Promise.all([this.session.client.listCalendarFeeds({}, { signal }), agencyNames(this.session)])
        return { feeds: data.calendar_feeds.filter((one) => one.as === 'applicant'), agencies }
      },
      lines: 2,
    })
    super.connectedCallback()
  }

  override render() {
    return html`<section class="card stack" aria-labelledby="feeds">
      <h2 id="feeds">${words.feeds}</h2>
      <p>${words.feedsMean}</p>
      ${this.#feeds.render(
        ({ feeds, agencies }) => html`
          ${feeds.length === 0 ? html`<app-empty told=${words.noFeeds}></app-empty>` : nothing}
          <ul class="plain stack">
            ${feeds.map(
              (one) => html`<li class="row between">
                <span>${[words.feedSince(dayOf(one.created_at, viewersZone)), agencies.get(one.organization_id)].filter(Boolean).join(' · ')}</span>
                <button class="danger" ?disabled=${this.#acts.busy} @click=${() => this.#revoke(one)}>${words.revoke}</button>
              </li>`,
            )}
          </ul>
          ${this.made === null ? nothing : this.#shown(this.made)}
          ${this.#acts.refusal}
          <div class="row">
            ${this.session.me.applicants.map(
              ({ organization_id }) => html`<button ?disabled=${this.#acts.busy} @click=${() => this.#make(organization_id)}>
                ${words.newFeed}${agencies.has(organization_id) ? `: ${words.feedFor(agencies.get(organization_id)!)}` : nothing}
              </button>`,
            )}
          </div>
        `,
      )}
    </section>`
  }

  #shown(url: string) {
    return html`<div class="field">
      <label for="url">${words.feedMade}</label>
      <div class="row">
        <input id="url" readonly .value=${url} @focus=${(event: FocusEvent) => (event.target as HTMLInputElement).select()} />
        <button @click=${() => this.#do(() => navigator.clipboard.writeText(url), words.copied)}>${words.copy}</button>
      </div>
    </div>`
  }

  #make(organization_id: string) {
    return this.#do(async () => {
      const { data } = await this.session.client.createCalendarFeed({ as: 'applicant', organization_id })
      this.made = data.calendar_feed.url
      await this.#feeds.reload()
    })
  }

  #revoke({ id }: CalendarFeed) {
    return this.#do(async () => {
      await this.session.client.deleteCalendarFeed({ feed_id: id })
      this.made = null
      await this.#feeds.reload()
    }, words.revoked)
  }

  #do(act: () => Promise<unknown>, done?: string) {
    return this.#acts.do(async () => {
      await act()
      if (done) tell({ text: done })
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'my-feeds': MyFeeds
  }
}
