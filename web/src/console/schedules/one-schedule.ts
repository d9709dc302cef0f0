import { type Schedule, ScheduleNotFound, type ScheduleOccurrence } from '@estate-os/booking'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { go } from '../../app/router'
import type { Session } from '../../app/session'
import '../../parts/app-empty'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { momentOf, viewersZone, zoneName } from '../../parts/times'
import type { Change } from './change'
import './change-schedule'
import './confirm-change'
import { dateText, timeText } from './local-days'
import { type Names, nameOf, readNames } from './names'
import './occurrence-dialog'
import { read } from './recurrence'
import './schedule-occurrences'
import { said } from './sentences'
import { words } from './words'

interface Shown {
  schedule: Schedule
  etag: string
  names: Names
}

type Open = { what: 'change' } | { what: 'end' } | { what: 'occurrence'; one: ScheduleOccurrence }

/** One schedule: its rules in words, what became of its occurrences, and ways to change and to end it. */
@customElement('one-schedule')
export class OneSchedule extends LitElement {
  static override styles = [shared]
  @property({ attribute: false }) session!: Session
  @property({ attribute: 'schedule-id' }) scheduleId = ''
  @state() private open: Open | null = null
  #shown!: Reading<Shown | null>

  override connectedCallback() {
    this.#shown ??= new Reading<Shown | null>(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['schedule.'],
      lines: 6,
    })
    super.connectedCallback()
  }

  override render() {
    return this.#shown.render((shown) =>
      shown
        ? html`<div class="stack">
            <a href="/app/schedules">${words.back}</a>
            ${this.#head(shown)}
            <schedule-occurrences
              .session=${this.session}
              .schedule=${shown.schedule}
              .names=${shown.names}
              @choose=${({ detail }: CustomEvent<ScheduleOccurrence>) => (this.open = { what: 'occurrence', one: detail })}
            ></schedule-occurrences>
          </div>
          ${this.open ? this.#dialog(this.open, shown) : nothing}`
        : html`<app-empty told=${words.gone}><a href="/app/schedules">${words.back}</a></app-empty>`,
    )
  }

  #head({ schedule: one, names }: Shown) {
    const zone = one.time_zone
    const cut = (local: string) => `${dateText(local)}, ${timeText(local)}`
    return html`<div class="row between">
        <h1>${nameOf(names, one.property_id)}</h1>
        ${
          one.status === 'ended'
            ? html`<span class="badge">${words.ended}</span>`
            : html`<div class="row">
                <button @click=${() => (this.open = { what: 'change' })}>${words.change}</button>
                <button class="danger" @click=${() => (this.open = { what: 'end' })}>${words.end}</button>
              </div>`
        }
      </div>
      <div class="card stack">
        <ul class="plain">
          ${one.rules.map((rule) => html`<li>${said(read(rule)).map((text) => html`<p>${text}</p>`)}</li>`)}
        </ul>
        <p>
          ${nameOf(names, one.agent_id)} · ${words.slots(one.slot_minutes, one.gap_minutes, one.capacity)} ·
          ${words.horizon(one.horizon_days)} · ${zone === viewersZone ? zone : `${zone} (${zoneName(zone)})`}
        </p>
        ${one.since ? html`<p>${words.begins(cut(one.since))}</p>` : nothing}
        ${one.until && !one.ended_at ? html`<p>${words.cut(cut(one.until))}</p>` : nothing}
        ${one.ended_at ? html`<p>${words.endedAt(momentOf(one.ended_at, zone))}</p>` : nothing}
      </div>`
  }

  #dialog(open: Open, { schedule, etag, names }: Shown) {
    const close = () => (this.open = null)
    const done = ({ detail }: CustomEvent<string | null>) => this.#done(detail)
    if (open.what === 'occurrence') {
      return html`<occurrence-dialog
        .session=${this.session}
        .schedule=${schedule}
        etag=${etag}
        .names=${names}
        .one=${open.one}
        @done=${done}
        @close=${close}
      ></occurrence-dialog>`
    }
    if (open.what === 'change') {
      return html`<change-schedule .session=${this.session} .schedule=${schedule} etag=${etag} .names=${names} @done=${done} @close=${close}></change-schedule>`
    }
    return html`<confirm-change
      .session=${this.session}
      .schedule=${schedule}
      etag=${etag}
      .change=${{ scope: 'all' } satisfies Change}
      .names=${names}
      @done=${done}
      @close=${close}
    ></confirm-change>`
  }

  #done(following: string | null) {
    this.open = null
    if (following) go(`/app/schedules/${following}`)
    else void this.#shown.reload()
  }

  async #read(signal: AbortSignal): Promise<Shown | null> {
    const { client } = this.session
    try {
      const [{ data, etag }, names] = await Promise.all([
        client.getSchedule({ schedule_id: this.scheduleId }, { signal }),
        readNames(client, signal),
      ])
      return { schedule: data.schedule, etag: etag ?? '*', names }
    } catch (error) {
      if (error instanceof ScheduleNotFound) return null
      throw error
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'one-schedule': OneSchedule
  }
}
