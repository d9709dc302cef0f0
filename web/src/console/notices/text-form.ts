import { type Language, type NoticeKind, type Placeholder, PreconditionFailed, type Recipient } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { words as parts } from '../../parts/words'
import { bytesOver, changed, type OwnText, PARTS, type Part, rebased, textOf, wrongIn } from './own-text'
import './placeholder-list'
import { words } from './words'

interface Read {
  set: OwnText
  placeholders: readonly Placeholder[]
  etag: string
}

const USUAL: OwnText = { subject: null, heading: null, body: null }

/** The agency's own text of a message in a language: what is wrong in it is said where it stands. Admins change it. */
@customElement('text-form')
export class TextForm extends LitElement {
  static override styles = [
    shared,
    css`
      textarea {
        min-block-size: 12rem;
        resize: vertical;
      }
      :is(input, textarea)[aria-invalid="true"] {
        border-color: var(--danger);
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property() kind: NoticeKind = 'confirmed'
  @property() recipient: Recipient = 'applicant'
  @property() language: Language | '' = ''
  /** What is sent where there is no text of its own. */
  @property() usual = ''
  @state() private draft = USUAL
  @state() private base: Read | undefined
  @state() private theirs: Part[] = []
  @query('[aria-invalid="true"]') private firstWrong!: HTMLElement | null
  #acts = new Act(this)
  #entered: Part = 'body'
  #text!: Reading<Read>

  override connectedCallback() {
    this.#text ??= new Reading(this, {
      read: async (signal) => {
        const { data, etag } = await this.session.client.getNoticeTemplate(this.#of, { signal })
        const read: Read = { set: textOf(data.notice_template), placeholders: data.notice_template.placeholders, etag: etag ?? '*' }
        this.#takeOver(read)
        return read
      },
      live: this.session.live,
      on: ['notice_template.'],
      order: () => [],
      lines: 8,
    })
    super.connectedCallback()
  }

  override render() {
    return html`<section class="card stack" aria-labelledby="own">
      <h3 id="own">${words.yourText}</h3>
      ${this.#text.render(() => (this.base ? this.#form(this.base) : nothing))}
    </section>`
  }

  #form({ set, placeholders }: Read) {
    const admin = this.session.me.agent?.role === 'admin'
    const { busy } = this.#acts
    const dirty = changed(set, textOf(this.draft)).length > 0
    return html`<form class="stack" @submit=${this.#save} @input=${this.#enter} @focusin=${this.#enterInto}>
      <p class="small">${set.body === null ? this.usual : words.ownSent}</p>
      ${PARTS.map((part) => this.#part(part, placeholders, admin))}
      ${
        this.theirs.length
          ? html`<div role="status">
              <p><strong>${words.others}</strong></p>
              <ul>${this.theirs.map((part) => html`<li>${words.parts[part].label}: ${set[part] ?? words.asUsual}</li>`)}</ul>
            </div>`
          : nothing
      }
      ${this.#acts.refusal}
      ${
        admin
          ? html`<div class="row">
              <button class="primary" ?disabled=${busy || !dirty}>${busy ? parts.doing : words.saveText}</button>
              <button type="button" ?disabled=${busy || !dirty} @click=${this.#reset}>${words.reset}</button>
              ${set.body === null ? nothing : html`<button type="button" ?disabled=${busy} @click=${this.#goBack}>${words.backToUsual}</button>`}
            </div>`
          : html`<p class="faint">${words.membersRead}</p>`
      }
      <placeholder-list .names=${placeholders} ?insertable=${admin} @insert=${this.#insert}></placeholder-list>
    </form>`
  }

  #part(part: Part, placeholders: readonly Placeholder[], admin: boolean) {
    const { label, advice } = words.parts[part]
    const value = this.draft[part] ?? ''
    const wrong = wrongIn(value, placeholders)
    const over = part === 'body' ? bytesOver(value) : 0
    const invalid = wrong.length > 0 || over > 0
    return html`<div class="field">
      <label for=${part}>${label}</label>
      ${
        part === 'body'
          ? html`<textarea id="body" name="body" required ?readonly=${!admin} aria-invalid=${invalid} aria-describedby="body-says" .value=${value}></textarea>`
          : html`<input
              id=${part}
              name=${part}
              maxlength="200"
              ?readonly=${!admin}
              aria-invalid=${invalid}
              aria-describedby=${`${part}-says`}
              .value=${value}
            />`
      }
      <span id=${`${part}-says`} class="small" aria-live="polite">
        <span class="faint">${advice}</span>
        ${wrong.length ? html`<br /><span class="fault">${words.wrongBraces(wrong)}</span>` : nothing}
        ${over ? html`<br /><span class="fault">${words.tooLong(over)}</span>` : nothing}
      </span>
    </div>`
  }

  get #of() {
    const { kind, recipient, language } = this
    return { kind, recipient, ...(language && { locale: language }) }
  }

  #takeOver(read: Read): void {
    const before = this.base
    if (before) {
      if (changed(before.set, textOf(this.draft)).length) this.theirs = changed(before.set, read.set)
      this.draft = rebased(before.set, this.draft, read.set)
    } else this.draft = read.set
    this.base = read
  }

  #enter = (event: Event) => {
    const { name, value } = event.target as HTMLInputElement
    this.draft = { ...this.draft, [name]: value || null }
  }

  #enterInto = (event: Event) => {
    const { name } = event.target as HTMLInputElement
    if (PARTS.includes(name as Part)) this.#entered = name as Part
  }

  #insert = (event: CustomEvent<Placeholder>) => {
    const field = this.renderRoot.querySelector<HTMLInputElement>(`#${this.#entered}`)!
    field.focus()
    field.setRangeText(`{${event.detail}}`, field.selectionStart ?? 0, field.selectionEnd ?? 0, 'end')
    this.draft = { ...this.draft, [this.#entered]: field.value }
  }

  #reset = () => {
    this.draft = this.base!.set
    this.theirs = []
    this.#acts.forget()
  }

  #save = async (event: Event) => {
    event.preventDefault()
    if (this.firstWrong) this.firstWrong.focus()
    else await this.#change(textOf(this.draft), words.savedText)
  }

  #goBack = async () => {
    this.renderRoot.querySelector<HTMLElement>('#body')!.focus() // not lost with the button
    await this.#change(USUAL, words.wentBack)
  }

  async #change(to: OwnText, text: string): Promise<void> {
    const { base } = this
    if (!base) return
    const done = await this.#acts.do(async () => {
      const now = await this.#write(to, base)
      this.theirs = []
      this.draft = now.set
      this.base = now
      tell({ text, undo: () => this.#write(base.set, now) })
    })
    if (!done && this.#acts.error instanceof PreconditionFailed) await this.#text.reload()
  }

  async #write({ body, subject, heading }: OwnText, { placeholders, etag: ifMatch }: Read): Promise<Read> {
    const { client } = this.session
    if (body === null) {
      await client.deleteNoticeTemplate(this.#of)
      const { data, etag } = await client.getNoticeTemplate(this.#of)
      return { set: textOf(data.notice_template), placeholders, etag: etag ?? '*' }
    }
    const { data, etag } = await client.putNoticeTemplate({ ...this.#of, body, subject, heading }, { ifMatch })
    return { set: textOf(data.notice_template), placeholders, etag: etag ?? '*' }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'text-form': TextForm
  }
}
