import { html, type TemplateResult } from 'lit'
import { messages } from '../../parts/message-words'
import { UNITS, type Unit } from '../../parts/spans'
import { CHANNELS, type Draft, type FieldName, first, LONGEST, MOST_REMINDERS, type Span } from './plan'
import { words } from './words'

type Set = (value: Draft[FieldName]) => void

/** The controls of a field of the plan, by which it is entered. Of its fieldset, which names it. */
export function controlsOf(name: FieldName, draft: Draft, set: Set): TemplateResult {
  return CONTROLS[name](draft, set)
}

const CONTROLS: Record<FieldName, (draft: Draft, set: Set) => TemplateResult> = {
  reminder_offsets_seconds({ reminder_offsets_seconds: spans = [] }, set) {
    const remove = (index: number) => (event: Event) => {
      const fieldset = (event.target as HTMLElement).closest('fieldset')!
      const kept = fieldset.querySelector<HTMLElement>('.add:enabled') ?? fieldset.querySelector<HTMLElement>('.amount')
      kept!.focus() // not lost with the button
      set(spans.toSpliced(index, 1))
    }
    return html`
      <ul class="plain stack">
        ${spans.map(
          (span, index) => html`<li class="row">
            ${spanOf(span, words.reminderAt(index + 1), (now) => set(spans.with(index, now)))}
            <span>${words.before}</span>
            <button type="button" class="quiet" aria-label=${words.removeReminder(index + 1)} @click=${remove(index)}>✕</button>
          </li>`,
        )}
      </ul>
      <div>
        <button type="button" class="add" ?disabled=${spans.length >= MOST_REMINDERS} @click=${() => set([...spans, first.reminder])}>
          ${words.addReminder}
        </button>
      </div>
    `
  },

  channels({ channels = [] }, set) {
    return html`<div class="row choices">
      ${CHANNELS.map((one) => {
        const chosen = channels.includes(one)
        return choice(messages.channels[one] ?? one, chosen, () =>
          set(chosen ? channels.filter((other) => other !== one) : [...channels, one]),
        )
      })}
    </div>`
  },

  quiet_hours({ quiet_hours: quiet }, set) {
    return html`${choice(words.haveQuiet, Boolean(quiet), () => set(quiet ? null : first.quiet_hours))}
    ${
      quiet
        ? html`<div class="row">
            ${clock(words.from, quiet.from, (from) => set({ ...quiet, from }))}
            ${clock(words.until, quiet.until, (until) => set({ ...quiet, until }))}
          </div>`
        : ''
    }`
  },

  release({ release }, set) {
    return html`${choice(words.haveRelease, Boolean(release), () => set(release ? null : first.release))}
    ${
      release
        ? html`<div class="row">
              ${spanOf(release.span, words.answerBy, (span) => set({ ...release, span }))}
              <span>${words.before}</span>
            </div>
            ${choice(words.trust, release.trust_sent, () => set({ ...release, trust_sent: !release.trust_sent }))}`
        : ''
    }`
  },

  may_release: ({ may_release: may = true }, set) => html`${choice(words.allowRelease, may, () => set(!may))}`,
}

const choice = (label: string, chosen: boolean, choose: () => void) =>
  html`<label class="choice"><input type="checkbox" .checked=${chosen} @change=${choose} />${label}</label>`

const clock = (label: string, value: string, set: (value: string) => void) =>
  html`<label class="clock">${label}
    <input type="time" required .value=${value} @change=${(event: Event) => set((event.target as HTMLInputElement).value)} />
  </label>`

function spanOf({ amount, unit }: Span, label: string, set: (span: Span) => void): TemplateResult {
  const size = UNITS[unit]
  const enter = (event: Event) => set({ amount: (event.target as HTMLInputElement).value, unit })
  const choose = (event: Event) => set({ amount, unit: (event.target as HTMLSelectElement).value as Unit })
  return html`
    <input
      class="amount"
      type="number"
      inputmode="decimal"
      required
      min=${1 / size}
      max=${LONGEST / size}
      step="any"
      aria-label=${label}
      .value=${amount}
      @input=${enter}
    />
    <select class="unit" aria-label=${words.unitOf(label)} @change=${choose}>
      ${Object.keys(UNITS).map((one) => html`<option value=${one} ?selected=${one === unit}>${words.units[one as Unit]}</option>`)}
    </select>
  `
}
