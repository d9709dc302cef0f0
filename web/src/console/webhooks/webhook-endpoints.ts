import type { WebhookEndpoint, WebhookEndpointWithSecret } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Session } from '../../app/session'
import '../../parts/app-empty'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { Beat } from './beat'
import './endpoint-form'
import './endpoint-health'
import { typesText } from './sentences'
import './webhook-secret'
import { words } from './words'

const MOST = 20

/** Where the agency has what happens sent to. */
@customElement('webhook-endpoints')
export class WebhookEndpoints extends LitElement {
  static override styles = [
    shared,
    css`
      h2,
      .says {
        overflow-wrap: anywhere;
      }
      .says {
        max-inline-size: 70ch;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @state() private making = false
  @state() private made: WebhookEndpointWithSecret | null = null
  #endpoints!: Reading<WebhookEndpoint[]>

  constructor() {
    super()
    new Beat(
      this,
      () => this.session.live,
      () => void this.#endpoints.refresh(),
    )
  }

  override connectedCallback() {
    this.#endpoints ??= new Reading(this, {
      read: async (signal) => (await this.session.client.listWebhookEndpoints({}, { signal })).data.webhook_endpoints,
      live: this.session.live,
      on: ['webhook_endpoint.'],
      order: (endpoints) => endpoints.map(({ id }) => id),
    })
    super.connectedCallback()
  }

  override render() {
    const count = this.#endpoints.value?.length ?? 0
    return html`<div class="stack">
        <div class="row between">
          <h1>${words.title}</h1>
          <button class="primary" ?disabled=${count >= MOST} @click=${() => this.#make(true)}>${words.make}</button>
        </div>
        <p class="says">${words.says}</p>
        ${count >= MOST ? html`<p class="faint">${words.most(MOST)}</p>` : nothing}
        ${this.#endpoints.render((endpoints) =>
          endpoints.length === 0
            ? html`<app-empty told=${words.none}>${words.advice}</app-empty>`
            : html`<ul class="plain stack">${endpoints.map(this.#endpoint)}</ul>`,
        )}
      </div>
      ${
        this.making
          ? html`<endpoint-form .session=${this.session} @made=${this.#keep} @close=${() => this.#make(false)}></endpoint-form>`
          : nothing
      }
      ${
        this.made
          ? html`<webhook-secret secret=${this.made.secret} advice=${words.secretNew} @close=${() => (this.made = null)}></webhook-secret>`
          : nothing
      }`
  }

  #endpoint = (one: WebhookEndpoint) => html`<li class="card stack">
    <h2><a href="/app/webhooks/${one.id}">${one.description ?? one.url}</a></h2>
    ${one.description === null ? nothing : html`<p class="says faint">${one.url}</p>`}
    <p>${typesText(one.types)}</p>
    <endpoint-health .endpoint=${one}></endpoint-health>
  </li>`

  #make(open: boolean) {
    this.making = open
  }

  #keep = ({ detail }: CustomEvent<WebhookEndpointWithSecret>) => {
    this.making = false
    this.made = detail
    void this.#endpoints.reload()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'webhook-endpoints': WebhookEndpoints
  }
}
