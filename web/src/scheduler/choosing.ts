import { html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { Shown } from './agenda'
import { lasting, problem, type View } from './view'

const MONTHS = 12 // as far ahead as one can look

/** Days with what is free, and the times of the one that is chosen. */
export function choosing(view: View) {
  const { agenda, words, tasks, dates } = view
  const { moving } = tasks
  return html`<section aria-labelledby="choose">
    <h3 id="choose" part="heading" tabindex="-1">${words.choose}</h3>
    ${
      moving
        ? html`<div class="notice row" part="notice" role="status">
            <span>${words.moveWhat(dates.moment(moving.start_time, moving.property.time_zone))}</span>
            <button part="button" @click=${tasks.stopMove}>${words.keep}</button>
          </div>`
        : nothing
    }
    ${agenda.days ? days(view) : skeleton}
    ${agenda.days?.length ? times(view) : nothing}
  </section>`
}

export const skeleton = html`<div class="skeleton" aria-hidden="true"></div>`

function days(view: View) {
  const { agenda, words, dates } = view
  return html`${
    agenda.days!.length
      ? html`<ul class="days" part="days" aria-label=${words.days}>
          ${repeat(
            agenda.days!,
            ({ date }) => date,
            ({ date, free }) =>
              html`<li>
                <button
                  class="day"
                  part=${date === agenda.date ? 'day day-chosen' : 'day'}
                  aria-pressed=${date === agenda.date}
                  @click=${() => agenda.choose(date)}
                >
                  <span>${dates.day(date)}</span><small>${free ? words.free(free) : words.full}</small>
                </button>
              </li>`,
          )}
        </ul>`
      : html`<p class="empty" part="empty"><strong>${words.none}</strong> ${words.noneAdvice}</p>`
  }
    <p class="row">
      ${agenda.month > 0 ? html`<button part="button" @click=${() => agenda.show(agenda.month - 1)}>${words.earlier}</button>` : nothing}
      ${agenda.month < MONTHS ? html`<button part="button" @click=${() => agenda.show(agenda.month + 1)}>${words.later}</button>` : nothing}
    </p>`
}

function times(view: View) {
  const { agenda, words, dates } = view
  const { slots } = agenda
  if (!slots) return skeleton
  if (!slots.length) return html`<p class="empty" part="empty"><strong>${words.noTimes}</strong> ${words.noTimesAdvice}</p>`
  const zones = [...new Set(slots.map(({ property }) => property.time_zone))]
  const foreign = slots.some((slot) => dates.own(slot.start_time, slot.property.time_zone))
  return html`<h4 part="heading">${dates.dayInFull(agenda.date!)}</h4>
    ${foreign || zones.length > 1 ? zones.map((zone) => html`<p class="hint" part="hint">${words.zone(dates.zone(zone))}</p>`) : nothing}
    <ul class="slots" part="slots" id="slots" aria-label=${words.times} @pointerleave=${agenda.left} @focusout=${() => queueMicrotask(agenda.left)}>
      ${repeat(
        slots,
        ({ id }) => id,
        (slot) => html`<li>${time(view, slot)}</li>`,
      )}
    </ul>`
}

function time(view: View, slot: Shown) {
  const { words, dates, tasks, agenda } = view
  const zone = slot.property.time_zone
  const own = dates.own(slot.start_time, zone)
  const waits = slot.available_actions.includes('join_waitlist')
  const open = !slot.gone && (slot.places_left > 0 || slot.available_actions.includes('book'))
  const mine = agenda.bookings.some(({ slot_id }) => slot_id === slot.id)
  const others = mine ? words.confirmed : waits ? `${words.full}: ${words.wait}` : words.held
  const state = slot.gone ? words.gone : !open ? others : slot.capacity > 1 ? words.places(slot.places_left) : ''
  return html`<button
    class="slot"
    part=${open ? 'slot' : 'slot slot-full'}
    ?data-full=${!open}
    aria-disabled=${slot.gone ? 'true' : nothing}
    @click=${() => (slot.gone ? undefined : tasks.pick(slot))}
  >
    <strong>${dates.hours(slot.start_time, slot.end_time, zone)}</strong>
    ${own ? html`<small>${words.yourTime(own)}</small>` : nothing}
    ${agenda.properties.length > 1 ? html`<span>${slot.property.label}</span>` : nothing}
    ${state ? html`<small>${state}</small>` : nothing}
  </button>`
}

/** What holds at the homes, in words. */
export function rules(view: View) {
  const { agenda, words } = view
  if (!agenda.rules.length) return nothing
  const home = (id: string) => agenda.homes.find((one) => one.id === id)?.label
  return html`<details part="rules">
    <summary>${words.rules}</summary>
    ${agenda.rules.map(
      (rule) => html`${agenda.rules.length > 1 ? html`<h4>${home(rule.property_id)}</h4>` : nothing}
        <ul>
          ${[
            rule.notice_seconds && words.ruleNotice(lasting(view, rule.notice_seconds)),
            rule.horizon_days && words.ruleHorizon(rule.horizon_days),
            rule.cancellation_cutoff_seconds && words.ruleCutoff(lasting(view, rule.cancellation_cutoff_seconds)),
            rule.max_live_bookings && words.ruleLimit(rule.max_live_bookings),
            rule.max_live_bookings_per_property && words.ruleLimitHere(rule.max_live_bookings_per_property),
            rule.max_party_size && words.ruleParty(rule.max_party_size),
            rule.max_live_holds && words.ruleHold(lasting(view, rule.hold_seconds)),
            rule.approval_required && words.ruleApproval,
          ]
            .filter(Boolean)
            .map((text) => html`<li>${text}</li>`)}
        </ul>`,
    )}
  </details>`
}

/** The homes by name, with their images where the embedder allows them. */
export function homes({ agenda, images }: View) {
  return agenda.homes.map(
    ({ label, area, image_url }) => html`<header class="home" part="home">
      ${
        images && image_url?.startsWith('https://')
          ? html`<img part="image" src=${image_url} alt="" loading="lazy" referrerpolicy="no-referrer" />`
          : nothing
      }
      <div><h2 part="heading">${label}</h2><p class="hint" part="hint">${area}</p></div>
    </header>`,
  )
}

export const trouble = (view: View) =>
  view.agenda.error
    ? html`${problem(view, view.agenda.error)}<p><button part="button" @click=${view.agenda.retry}>${view.words.retry}</button></p>`
    : nothing
