import type { EventType, WebhookEndpoint, WebhookEndpointWithSecret } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/app-dialog'
import { eventName, eventTypes } from '../../parts/event-words'
import { shared } from '../../parts/shared'
import { words as parts } from '../../parts/words'
import { words } from './words'

/** Makes an endpoint, or changes `endpoint` as it was by `etag`. Fires `made` with the secret, or `changed`; and `close`. */
@customElement('endpoint-form')
export class EndpointForm extends LitElement {
  static override styles = [
    shared,
    css`
      fieldset {
        margin: 0;
        padding: 0;
        border: 0;
        min-inline-size: 0;
      }
      legend {
        padding: 0;
        font-weight: 550;
      }
      .types {
        max-block-size: 30vh;
        padding: var(--space);
        overflow-y: auto;
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }
      .types .choice {
        padding-block: 0.125rem;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: false }) endpoint: WebhookEndpoint | null = null
  @property() etag = '*'
  /** Null is all, those of newer releases included. */
  @state() private types: ReadonlySet<string> | null = null
  /** What was chosen last, while all is. */
  #chosen: ReadonlySet<string> = new Set()
  readonly #acts = new Act(this)

  override connectedCallback() {
    super.connectedCallback()
    this.#chosen = new Set(this.endpoint?.types)
    if (this.endpoint?.types) this.types = this.#chosen
  }

  override render() {
    const { endpoint, types } = this
    return html`<app-dialog heading=${endpoint ? words.changing : words.making} ?busy=${this.#acts.busy} @close=${this.#leave}>
      <form class="stack" @submit=${this.#submit}>
        <div class="field">
          <label for="url">${words.url}</label>
          <input id="url" name="url" type="url" required maxlength="2048" autofocus placeholder="https://" .value=${endpoint?.url ?? ''} aria-describedby="url-says" />
          <span id="url-says" class="small faint">${words.urlSays}</span>
        </div>
        <label class="field">${words.description} <input name="description" maxlength="500" .value=${endpoint?.description ?? ''} /></label>
        <fieldset class="stack">
          <legend>${words.which}</legend>
          <label class="choice"><input type="radio" name="which" .checked=${types === null} @change=${() => this.#hear(null)} /> ${words.whichAll}</label>
          <label class="choice"
            ><input type="radio" name="which" .checked=${types !== null} @change=${() => this.#hear(this.#chosen)} /> ${words.whichSome(types?.size ?? 0)}</label
          >
          ${types === null ? nothing : this.#choices(types)}
        </fieldset>
        ${endpoint ? html`<p class="small faint">${words.changeSays}</p>` : nothing}
        ${this.#acts.refusal}
      </form>
      <button slot="actions" ?disabled=${this.#acts.busy} @click=${this.#leave}>${parts.back}</button>
      <button slot="actions" class="primary" ?disabled=${this.#acts.busy || types?.size === 0} @click=${this.#ask}>
        ${this.#acts.busy ? parts.doing : endpoint ? words.save : words.makeIt}
      </button>
    </app-dialog>`
  }

  #choices(types: ReadonlySet<string>) {
    const unknown = [...types].filter((type) => !eventTypes.some((group) => group.types.includes(type)))
    const groups = unknown.length ? [...eventTypes, { about: words.newer, types: unknown }] : eventTypes
    return html`<div class="types stack" tabindex="0" role="group" aria-label=${words.which}>
      ${groups.map(
        (group) => html`<fieldset>
          <legend>${group.about}</legend>
          ${group.types.map(
            (type) =>
              html`<label class="choice"><input type="checkbox" .checked=${types.has(type)} @change=${() => this.#toggle(types, type)} /> ${eventName(type)}</label>`,
          )}
        </fieldset>`,
      )}
    </div>`
  }

  #hear(types: ReadonlySet<string> | null) {
    this.types = types
  }

  #toggle(types: ReadonlySet<string>, type: string) {
    const chosen = new Set(types)
    if (!chosen.delete(type)) chosen.add(type)
    this.#chosen = chosen
    this.types = chosen
  }

  #leave = () => this.dispatchEvent(new Event('close'))

  #ask = () => this.renderRoot.querySelector('form')?.requestSubmit()

  #submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const entered = new FormData(event.target as HTMLFormElement)
    const of = (name: string) => String(entered.get(name) ?? '').trim()
    const settings = { url: of('url'), description: of('description') || null, types: this.types && ([...this.types] as EventType[]) }
    const { client } = this.session
    const { endpoint, etag } = this
    let made: WebhookEndpoint | WebhookEndpointWithSecret | undefined
    const done = await this.#acts.do(async () => {
      const answer = endpoint
        ? await client.patchWebhookEndpoint({ endpoint_id: endpoint.id, ...settings }, { ifMatch: etag })
        : await client.createWebhookEndpoint(settings)
      made = answer.data.webhook_endpoint
    })
    if (done) this.dispatchEvent(new CustomEvent(endpoint ? 'changed' : 'made', { detail: made }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'endpoint-form': EndpointForm
  }
}
