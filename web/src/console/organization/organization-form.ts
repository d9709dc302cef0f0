import { PreconditionFailed } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import { Draft, type Entered } from '../../parts/draft'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { words as parts } from '../../parts/words'
import { FIELDS, type FieldName, NAMES, said } from './fields'
import { words } from './words'

interface Read {
  set: Entered<FieldName>
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
  #draft: Draft<FieldName> | undefined
  #etag = '*'
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
      ${this.#read.render(() => (this.#draft ? this.#form(this.#draft) : nothing))}
    </div>`
  }

  #form({ known, theirs, changed, entered }: Draft<FieldName>) {
    const admin = this.session.me.agent?.role === 'admin'
    const dirty = changed.length
    return html`<form class="card stack" @input=${this.#enter} @submit=${this.#save}>
      <p class="faint">${admin ? words.advice : words.membersRead}</p>
      ${NAMES.map((name) => this.#field(name, entered[name] ?? '', admin))}
      <datalist id="zones">${Intl.supportedValuesOf('timeZone').map((zone) => html`<option value=${zone}></option>`)}</datalist>
      ${
        theirs.length
          ? html`<div role="status">
              <p><strong>${words.others}</strong></p>
              <ul>${theirs.map((name) => html`<li>${words.fields[name].label}: ${known[name] ?? words.empty}</li>`)}</ul>
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

  #field(name: FieldName, value: string, admin: boolean) {
    const { type, most, pattern, example, autocomplete } = FIELDS[name]
    const { label, advice } = words.fields[name]
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

  #takeOver({ set, etag }: Read): void {
    this.#draft ??= new Draft(set)
    this.#draft.take(set)
    this.#etag = etag
  }

  #enter = (event: Event) => {
    const { name, value } = event.target as HTMLInputElement
    this.#draft!.enter(name as FieldName, value)
    this.requestUpdate()
  }

  #reset = () => {
    this.#draft!.reset()
    this.#acts.forget()
  }

  #save = async (event: Event) => {
    event.preventDefault()
    const draft = this.#draft
    if (!draft) return
    const before = draft.known
    await this.#acts.do(async () => {
      try {
        const now = await this.#write(said(draft.entered), this.#etag)
        draft.reset(now.set)
        this.#etag = now.etag
        tell({ text: words.saved, undo: () => this.#write(before, now.etag) })
      } catch (error) {
        if (error instanceof PreconditionFailed) await this.#read.reload()
        throw error
      }
    })
  }

  async #write(to: Entered<FieldName>, ifMatch: string): Promise<Read> {
    const { data, etag } = await this.session.client.putOrganization(to, { ifMatch })
    return { set: said({ ...data.organization }), etag: etag ?? '*' }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'organization-form': OrganizationForm
  }
}
