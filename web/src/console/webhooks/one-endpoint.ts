import { type WebhookDelivery, type WebhookEndpoint, WebhookEndpointNotFound } from '@estate-os/booking'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { go } from '../../app/router'
import type { Session } from '../../app/session'
import { Act } from '../../parts/act'
import '../../parts/app-empty'
import '../../parts/confirm-dialog'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { tell } from '../../parts/tell'
import { momentOf, viewersZone } from '../../parts/times'
import { words as parts } from '../../parts/words'
import './attempt-answer'
import { Beat } from './beat'
import './endpoint-deliveries'
import './endpoint-form'
import './endpoint-health'
import { typesText } from './sentences'
import './webhook-secret'
import { words } from './words'

interface Known {
  endpoint: WebhookEndpoint | null
  etag: string
}
type Asking = 'change' | 'off' | 'rotate' | 'delete'

/** One endpoint: how it is, all that can be done with it, and what was sent there. */
@customElement('one-endpoint')
export class OneEndpoint extends LitElement {
  static override styles = [
    shared,
    css`
      h1,
      .url {
        overflow-wrap: anywhere;
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property({ attribute: 'endpoint-id' }) endpointId = ''
  @state() private asking: Asking | null = null
  @state() private secret = ''
  @state() private tested: WebhookDelivery | null = null
  readonly #acts = new Act(this)
  #known!: Reading<Known>

  constructor() {
    super()
    new Beat(
      this,
      () => this.session.live,
      () => void this.#known.refresh(),
    )
  }

  override connectedCallback() {
    this.#known ??= new Reading<Known>(this, {
      read: async (signal) => {
        try {
          const { data, etag } = await this.session.client.getWebhookEndpoint({ endpoint_id: this.endpointId }, { signal })
          return { endpoint: data.webhook_endpoint, etag: etag ?? '*' }
        } catch (error) {
          if (error instanceof WebhookEndpointNotFound) return { endpoint: null, etag: '*' }
          throw error
        }
      },
      live: this.session.live,
      on: ['webhook_endpoint.'],
      order: () => [],
      lines: 6,
    })
    super.connectedCallback()
  }

  override render() {
    return this.#known.render(({ endpoint, etag }) => {
      if (endpoint === null) return html`<app-empty told=${words.gone}><a href="/app/webhooks">${words.back}</a></app-empty>`
      return html`<div class="stack">
          <a href="/app/webhooks">${words.back}</a>
          <h1>${endpoint.description ?? endpoint.url}</h1>
          ${endpoint.description === null ? nothing : html`<p class="url faint">${endpoint.url}</p>`}
          <p>${typesText(endpoint.types)} <span class="faint">${words.since(momentOf(endpoint.created_at, viewersZone))}</span></p>
          <endpoint-health .endpoint=${endpoint}></endpoint-health>
          ${this.#buttons(endpoint, etag)} ${this.#acts.refusal} ${this.#test()}
          <endpoint-deliveries .session=${this.session} .endpoint=${endpoint}></endpoint-deliveries>
        </div>
        ${this.#dialog(endpoint, etag)}
        ${
          this.secret
            ? html`<webhook-secret secret=${this.secret} advice=${words.secretRotated} @close=${() => (this.secret = '')}></webhook-secret>`
            : nothing
        }`
    })
  }

  #buttons({ status, failing_since }: WebhookEndpoint, etag: string) {
    const { busy } = this.#acts
    return html`<div class="row">
      <button ?disabled=${busy} @click=${this.#send}>${busy ? parts.doing : words.test}</button>
      ${
        status === 'disabled' || failing_since
          ? html`<button class="primary" ?disabled=${busy} @click=${() => this.#acts.do(() => this.#enable(etag))}>
            ${status === 'disabled' ? words.switchOn : words.tryNow}
          </button>`
          : nothing
      }
      <button ?disabled=${busy} @click=${() => this.#ask('change')}>${words.change}</button>
      <button ?disabled=${busy} @click=${() => this.#ask('rotate')}>${words.rotate}</button>
      ${status === 'enabled' ? html`<button ?disabled=${busy} @click=${() => this.#ask('off')}>${words.switchOff}</button>` : nothing}
      <button class="danger" ?disabled=${busy} @click=${() => this.#ask('delete')}>${words.remove}</button>
    </div>`
  }

  #test() {
    if (!this.tested) return nothing
    return html`<section class="card stack" role="status">
      <div class="row between">
        <h2>${this.tested.failure === null ? words.testArrived : words.testFailed}</h2>
        <button class="quiet" aria-label=${parts.close} @click=${() => (this.tested = null)}>✕</button>
      </div>
      <attempt-answer .attempt=${this.tested}></attempt-answer>
    </section>`
  }

  #dialog(endpoint: WebhookEndpoint, etag: string) {
    const { asking } = this
    if (asking === null) return nothing
    if (asking === 'change') {
      return html`<endpoint-form
        .session=${this.session}
        .endpoint=${endpoint}
        etag=${etag}
        @changed=${this.#changed}
        @close=${() => this.#ask(null)}
      ></endpoint-form>`
    }
    const act = { off: () => this.#switchOff(etag), rotate: this.#rotate, delete: this.#delete }[asking]
    const text = words.asked[asking]
    return html`<confirm-dialog
      heading=${text.heading}
      consequence=${text.consequence}
      action=${text.action}
      .act=${act}
      @close=${() => this.#ask(null)}
    ></confirm-dialog>`
  }

  #ask(asking: Asking | null) {
    this.asking = asking
  }

  #send = () =>
    this.#acts.do(async () => {
      this.tested = null
      this.tested = (await this.session.client.testWebhookEndpoint({ endpoint_id: this.endpointId })).data.delivery
      this.renderRoot.querySelector('endpoint-deliveries')?.reload()
    })

  #changed = () => {
    this.#ask(null)
    tell({ text: words.changed })
    void this.#known.reload()
  }

  async #enable(etag: string): Promise<void> {
    await this.session.client.patchWebhookEndpoint({ endpoint_id: this.endpointId, status: 'enabled' }, { ifMatch: etag })
    tell({ text: words.switchedOn })
    await this.#known.reload()
  }

  async #switchOff(etag: string): Promise<void> {
    const off = await this.session.client.patchWebhookEndpoint({ endpoint_id: this.endpointId, status: 'disabled' }, { ifMatch: etag })
    tell({ text: words.switchedOff, undo: () => this.#enable(off.etag ?? '*') })
    await this.#known.reload()
  }

  #rotate = async () => {
    const { data } = await this.session.client.rotateWebhookSecret({ endpoint_id: this.endpointId })
    this.secret = data.webhook_endpoint.secret
  }

  #delete = async () => {
    await this.session.client.deleteWebhookEndpoint({ endpoint_id: this.endpointId })
    tell({ text: words.removed })
    go('/app/webhooks')
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'one-endpoint': OneEndpoint
  }
}
