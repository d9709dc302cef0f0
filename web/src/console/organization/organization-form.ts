import { PreconditionFailed } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { words as parts } from '../../parts/words'
import { changed, FIELDS, type FieldName, NAMES, rebased, type Said, said } from './fields'
import { words } from './words'

interface Read {
  set: Said
  etag: string
}

/** What the agency says of itself to applicants and in messages; admins change it. */
@customElement('organization-form')
export class OrganizationForm extends LitElement {
  static override styles = [
    shared,
    css`
      form {
        max-inline-size: 36rem;
      }
      .swatch {
        inline-size: 100%;
        block-size: 0.5rem;
        border-radius: var(--radius);
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @state() private entered: Said = said({})
  @state() private base: Read | undefined
  @state() private theirs: FieldName[] = []
  readonly #acts = new Act(this)
  #read!: Reading<Read>

  override connectedCallback() {
    this.#read ??= new Reading(this, {
      read: async (signal) => {
        const { data, etag } = await this.session.client.getOrganization({}, { signal })
        const read = { set: said({ ...data.organization }), etag: etag ?? '*' }
        this.#takeOver(read)
        return read
      },
      live: this.session.live,
      on: ['organization.'],
      order: () => [],
      lines: 9,
    })
    super.connectedCallback()
  }

  override render() {
    return html`<div class="stack">
      <h1>${words.title}</h1>
      ${this.#read.render(() => (this.base ? this.#form(this.base) : nothing))}
    </div>`
  }

  #form({ set }: Read) {
    const admin = this.session.me.agent?.role === 'admin'
    const dirty = changed(set, this.entered).length
    return html`<form class="card stack" @input=${this.#enter} @submit=${this.#save}>
      <p class="faint">${admin ? words.advice : words.membersRead}</p>
      ${NAMES.map((name) => this.#field(name, admin))}
      <datalist id="zones">${Intl.supportedValuesOf('timeZone').map((zone) => html`<option value=${zone}></option>`)}</datalist>
      ${
        this.theirs.length
          ? html`<div role="status">
              <p><strong>${words.others}</strong></p>
              <ul>${this.theirs.map((name) => html`<li>${words.fields[name].label}: ${set[name] ?? words.empty}</li>`)}</ul>
            </div>`
          : nothing
      }
      ${this.#acts.refusal}
      ${
        admin
          ? html`<div class="row">
              <button class="primary" ?disabled=${this.#acts.busy || dirty === 0}>${this.#acts.busy ? parts.doing : words.save}</button>
              <button type="button" ?disabled=${this.#acts.busy || dirty === 0} @click=${this.#reset}>${words.reset}</button>
            </div>`
          : nothing
      }
    </form>`
  }

  #field(name: FieldName, admin: boolean) {
    const { type, most, pattern, example, autocomplete } = FIELDS[name]
    const { label, advice } = words.fields[name]
    const value = this.entered[name] ?? ''
    const colour = name === 'colour' && new RegExp(`^${pattern}$`).test(value) ? value : undefined
    return html`<div class="field">
      <label for=${name}>${label}</label>
      <input
        id=${name}
        name=${name}
        type=${type}
        maxlength=${most}
        pattern=${pattern ?? '.*'}
        title=${example ? words.such(example) : ''}
        autocomplete=${autocomplete ?? 'off'}
        list=${name === 'time_zone' ? 'zones' : ''}
        ?readonly=${!admin}
        .value=${value}
        aria-describedby=${`${name}-advice`}
      />
      ${colour ? html`<svg class="swatch" aria-hidden="true"><rect width="100%" height="100%" fill=${colour}></rect></svg>` : nothing}
      <span id=${`${name}-advice`} class="small faint">${advice} ${example ? words.such(example) : ''}</span>
    </div>`
  }

  #takeOver(read: Read): void {
    const before = this.base
    if (before) {
      if (changed(before.set, this.entered).length) this.theirs = changed(before.set, read.set)
      this.entered = rebased(before.set, this.entered, read.set)
    } else this.entered = read.set
    this.base = read
  }

  #enter = (event: Event) => {
    const { name, value } = event.target as HTMLInputElement
    this.entered = { ...this.entered, [name]: value || null }
  }

  #reset = () => {
    this.entered = this.base!.set
    this.theirs = []
    this.#acts.forget()
  }

  #save = async (event: Event) => {
    event.preventDefault()
    if (!this.base) return
    const { base } = this
    await this.#acts.do(async () => {
      try {
        const now = await this.#write(said(this.entered), base.etag)
        this.theirs = []
        this.entered = now.set
        this.base = now
        tell({ text: words.saved, undo: () => this.#write(base.set, now.etag) })
      } catch (error) {
        if (error instanceof PreconditionFailed) await this.#read.reload()
        throw error
      }
    })
  }

  async #write(to: Said, ifMatch: string): Promise<Read> {
    const { data, etag } = await this.session.client.putOrganization(to, { ifMatch })
    return { set: said({ ...data.organization }), etag: etag ?? '*' }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'organization-form': OrganizationForm
  }
}
