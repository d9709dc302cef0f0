import { SlotTaken } from '@estate-os/booking'
import { html, nothing, type TemplateResult } from 'lit'
import { addToCalendar, details, when } from './own'
import type { Task } from './tasks'
import { lasting, problem, said, timer, type View } from './view'

/** What is being done, over all else. */
export function dialog(view: View) {
  const { task } = view.tasks
  if (!task) return nothing
  const shown = shapes[task.kind](view, task)
  return html`<dialog part="dialog" aria-labelledby="doing" @cancel=${(event: Event) => leave(event, view)}>
    <form method="dialog" @submit=${(event: Event) => submit(event, view, task)}>
      <header class="row">
        <h2 id="doing" part="heading">${shown.heading}</h2>
        <button type="button" class="close" part="button close" aria-label=${view.words.close} ?disabled=${task.busy} @click=${view.tasks.close}>✕</button>
      </header>
      ${task.slot || task.booking ? when(view, task.kind === 'book' || task.kind === 'closed' || task.kind === 'joined' ? task.slot! : task.booking!) : nothing}
      ${shown.content} ${problem(view, task.error)} ${alternatives(view)}
      <footer class="row">${shown.actions}</footer>
    </form>
  </dialog>`
}

function leave(event: Event, { tasks }: View) {
  event.preventDefault()
  tasks.close()
}

function submit(event: Event, { tasks }: View, task: Task) {
  event.preventDefault()
  if (task.kind === 'book') void tasks.book()
  else if (task.kind === 'move') void tasks.move()
  else if (task.kind === 'cancel') void tasks.cancel()
  else tasks.close()
}

interface Shape {
  heading: string
  content: unknown
  actions: TemplateResult
}

const act = (text: string, task: Task, style = 'primary') =>
  html`<button class=${style} part="button ${style}" ?disabled=${task.busy} aria-busy=${task.busy ? 'true' : nothing}>${text}</button>`
const close = ({ tasks, words }: View, text = words.close) =>
  html`<button type="button" part="button" ?disabled=${tasks.task?.busy} @click=${tasks.close}>${text}</button>`
const join = ({ tasks, words }: View, task: Task) =>
  html`<button type="button" class="primary" part="button primary" ?disabled=${task.busy} @click=${tasks.join}>${words.join}</button>`

const shapes: Record<Task['kind'], (view: View, task: Task) => Shape> = {
  book: (view, task) => {
    const { words, tasks, agenda } = view
    const rule = agenda.rules.find(({ property_id }) => property_id === task.slot!.property_id)
    const most = rule?.max_party_size ?? 50
    const kept = task.hold
      ? timer(view, words.heldFor, task.hold.expires_at)
      : task.busy
        ? nothing
        : html`<p class="hint" part="hint">${words.noHold}</p>`
    return {
      heading: words.book,
      content: html`${kept}
        ${rule?.approval_required ? html`<p class="notice" part="notice">${words.needsApproval(lasting(view, rule.approval_seconds))}</p>` : nothing}
        <label part="field">${words.notes} <small>(${words.optional})</small>
          <textarea part="input" rows="2" maxlength="2000" .value=${tasks.fields.notes} @input=${(event: InputEvent) => {
            tasks.fields.notes = (event.target as HTMLTextAreaElement).value
          }}></textarea>
        </label>
        <label part="field">${words.party}
          <input part="input" type="number" required min="1" max=${most} .value=${String(tasks.fields.party)} @input=${(
            event: InputEvent,
          ) => {
            tasks.fields.party = (event.target as HTMLInputElement).valueAsNumber
          }} />
        </label>`,
      actions: html`${close(view, words.back)} ${task.error instanceof SlotTaken ? join(view, task) : act(words.book, task)}`,
    }
  },
  closed: (view, task) => {
    const { words, dates } = view
    const zone = task.slot!.property.time_zone
    const waits = task.slot!.available_actions.includes('join_waitlist')
    const broken = task.eligibility?.rules.filter(({ satisfied }) => !satisfied)
    return {
      heading: words.closed,
      content: html`<ul>
          ${broken?.map(({ code, detail, until }) => html`<li>${said(view, code, detail)} ${until ? words.until(dates.moment(until, zone)) : nothing}</li>`)}
        </ul>
        ${waits ? html`<p>${words.joinWhy}</p>` : nothing}`,
      actions: html`${close(view)} ${waits ? join(view, task) : nothing}`,
    }
  },
  joined: (view, task) => ({
    heading: view.words.joined,
    content: html`${task.entry?.position ? html`<p>${view.words.position(task.entry.position)}</p>` : nothing}<p>${view.words.joinWhy}</p>`,
    actions: close(view),
  }),
  move: (view, task) => {
    const { words, dates } = view
    const at = ({ start_time, property }: { start_time: Date; property: { time_zone: string } }) =>
      dates.moment(start_time, property.time_zone)
    return {
      heading: words.move,
      content: html`<p>${words.moveTo(at(task.booking!), at(task.slot!))}</p>`,
      actions: html`${close(view, words.back)} ${act(words.move, task)}`,
    }
  },
  cancel: (view, task) => {
    const { words, dates, tasks } = view
    const visit = task.booking!
    return {
      heading: words.cancel,
      content: html`<p>${words.cancelWhat(dates.moment(visit.start_time, visit.property.time_zone))}</p>
        <label part="field">${words.reason} <small>(${words.optional})</small>
          <input part="input" maxlength="500" .value=${tasks.fields.reason} @input=${(event: InputEvent) => {
            tasks.fields.reason = (event.target as HTMLInputElement).value
          }} />
        </label>`,
      actions: html`${close(view, words.keep)} ${act(words.cancel, task, 'danger')}`,
    }
  },
  booked: (view, task) => outcome(view, task, view.words.booked),
  moved: (view, task) => outcome(view, task, view.words.moved),
  cancelled: (view) => ({ heading: view.words.cancelled, content: nothing, actions: close(view) }),
}

function outcome(view: View, task: Task, text: string): Shape {
  const pending = task.booking!.status === 'pending_approval'
  return {
    heading: pending ? view.words.pending : text,
    content: details(view, task.booking!),
    actions: html`${addToCalendar(view, task.booking!)} ${close(view)}`,
  }
}

function alternatives(view: View) {
  const { tasks, dates, words } = view
  const { task, alternatives } = tasks
  if (!alternatives.length) return nothing
  const zone = task!.slot!.property.time_zone
  return html`<p id="instead">${words.instead}</p>
    <ul class="slots" part="slots" aria-labelledby="instead">
      ${alternatives.map(
        ({ id, start_time }) =>
          html`<li><button type="button" class="slot" part="slot" @click=${() => tasks.pickById(id)}>${dates.moment(start_time, zone)}</button></li>`,
      )}
    </ul>`
}
