import type { Booking } from '@estate-os/booking'
import { html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { download } from '../parts/download'
import { calendarFile } from './calendar-file'
import { problem, timer, type View } from './view'

/** What somebody has here: visits, places that are kept or offered, and where they wait. */
export function own(view: View) {
  const { agenda, words, tasks } = view
  const held = agenda.holds.filter(({ hold }) => hold.id !== tasks.task?.hold?.id)
  if (!agenda.bookings.length && !agenda.entries.length && !held.length) return nothing
  return html`<section aria-labelledby="own">
    <h3 id="own" part="heading">${words.own}</h3>
    <ul class="cards" part="list">
      ${held.map(({ hold, slot }) =>
        card(
          view,
          slot,
          hold.id,
          html`${words.held1}`,
          html`${timer(view, words.heldFor, hold.expires_at)}
            <p class="row">
              <button class="primary" part="button primary" @click=${() => tasks.goOn(slot.id, hold)}>${words.goOn}</button>
              <button part="button" @click=${() => tasks.release(hold)}>${words.release}</button>
            </p>`,
        ),
      )}
      ${agenda.entries.map((entry) =>
        card(
          view,
          entry,
          entry.id,
          entry.offer ? nothing : html`${words.joined}`,
          entry.offer
            ? html`${timer(view, words.offered, entry.offer.expires_at)}
                <p class="row">
                  <button class="primary" part="button primary" @click=${() => tasks.goOn(entry.slot_id, entry.offer!)}>${words.book}</button>
                  <button part="button" @click=${() => tasks.leave(entry)}>${words.decline}</button>
                </p>`
            : html`<p>${entry.position ? words.position(entry.position) : nothing}</p>
                <p class="row"><button part="button" @click=${() => tasks.leave(entry)}>${words.leave}</button></p>`,
        ),
      )}
      ${repeat(
        agenda.bookings,
        ({ id }) => id,
        (visit) => booked(view, visit),
      )}
    </ul>
  </section>`
}

type Placed = Pick<Booking, 'start_time' | 'end_time'> & { property: { label: string | null; time_zone: string } }

function card(view: View, at: Placed, about: string, state: unknown, content: unknown) {
  const { tasks } = view
  return html`<li class="card" part="card">
    ${when(view, at)} ${state ? html`<p class="hint" part="hint">${state}</p>` : nothing} ${content}
    ${tasks.refusal?.about === about ? problem(view, tasks.refusal.error) : nothing}
  </li>`
}

/** When it is, in the zone of the home, and in the viewer's own where that differs. */
export function when({ dates, words }: View, { start_time, end_time, property }: Placed) {
  const zone = property.time_zone
  const mine = dates.own(start_time, zone)
  return html`<p>
    <strong>${dates.moment(start_time, zone)}</strong><span class="hidden">, ${dates.hours(start_time, end_time, zone)}</span>
    ${mine ? html`<small>${words.yourTime(mine)} (${dates.zone(zone)})</small>` : nothing}<span class="line">${property.label}</span>
  </p>`
}

function booked(view: View, visit: Booking) {
  const { words, dates, tasks } = view
  const zone = visit.property.time_zone
  const can = visit.available_actions
  return card(
    view,
    visit,
    visit.id,
    visit.status === 'confirmed' ? words.confirmed : words.pending,
    html`${details(view, visit)}
      ${can.includes('cancel') && visit.cancel_until ? html`<p class="hint" part="hint">${words.cancelUntil(dates.moment(visit.cancel_until, zone))}</p>` : nothing}
      <p class="row">
        ${addToCalendar(view, visit)}
        ${can.includes('reschedule') ? html`<button part="button" @click=${() => tasks.beginMove(visit)}>${words.move}</button>` : nothing}
        ${can.includes('cancel') ? html`<button class="danger" part="button danger" @click=${() => tasks.askCancel(visit)}>${words.cancel}</button>` : nothing}
      </p>`,
  )
}

/** What to know of a visit: where it is and who shows it, or what it waits for. */
export function details({ words, dates }: View, visit: Booking) {
  const { address, directions, meeting_point, time_zone } = visit.property
  const { name, phone } = visit.agent
  const line = (term: string, text: unknown) => (text ? html`<div><dt>${term}</dt><dd>${text}</dd></div>` : nothing)
  return html`${
    visit.approval_deadline
      ? html`<p class="notice" part="notice">${words.pendingWhy(dates.moment(visit.approval_deadline, time_zone))}</p>`
      : nothing
  }
    <dl>
      ${line(words.where, [address, directions].filter(Boolean).join(' · '))} ${line(words.meet, meeting_point)}
      ${line(words.agent, name && phone ? html`${name}, <a href="tel:${phone}">${phone}</a>` : name)}
    </dl>`
}

export function addToCalendar({ words, agenda }: View, visit: Booking) {
  const title = visit.property.label ? words.visitTo(visit.property.label) : words.title
  const keep = () => download('visit.ics', calendarFile(visit, title, agenda.service.clock.now()), 'text/calendar')
  return html`<button part="button" @click=${keep}>${words.calendar}</button>`
}
