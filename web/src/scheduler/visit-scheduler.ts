import type { Booking } from '@estate-os/booking'
import { html, LitElement, nothing, type PropertyValues } from 'lit'
import { languageOf } from '../words/language'
import { Agenda } from './agenda'
import { choosing, homes, rules, skeleton, trouble } from './choosing'
import { Dates } from './dates'
import { dialog } from './dialog'
import { own } from './own'
import { addressOf, type GetToken, serviceAt } from './service'
import { styles } from './styles'
import { Tasks } from './tasks'
import type { View } from './view'
import type { Words } from './words/en'

const texts: Record<string, () => Promise<{ default: Words }>> = {
  en: () => import('./words/en'),
  pt: () => import('./words/pt'),
  es: () => import('./words/es'),
}

/**
 * The scheduler of a property, or of several, for an agency's own site. Fires `sign-in-required`, and `booked`, `moved` and
 * `cancelled` with the booking as `detail`. See docs/embedding.md.
 */
export class VisitScheduler extends LitElement {
  static override styles = styles
  static override properties = {
    property: {},
    service: {},
    lang: { reflect: true },
    theme: { reflect: true },
    images: { type: Boolean, reflect: true },
    getToken: { attribute: false },
  }

  /** Ids of properties, separated by spaces. */
  declare property: string
  /** Where the service is, unless it is where this script came from. */
  declare service: string
  declare theme: 'light' | 'dark' | 'auto'
  /** Whether to show images of the homes, from wherever the agency keeps them. */
  declare images: boolean
  /** Gives the token of who is signed in; without it nothing is asked for. */
  declare getToken: GetToken | undefined
  #words: Words | undefined
  #locale = ''
  #dates = new Dates('en')
  #agenda: Agenda | undefined
  #tasks: Tasks | undefined
  #tick: ReturnType<typeof setInterval> | undefined
  #waits = false

  constructor() {
    super()
    this.property = this.service = ''
    this.theme = 'auto'
    this.images = false
  }

  override connectedCallback() {
    super.connectedCallback()
    this.#tick = setInterval(() => this.#counts() && this.requestUpdate(), 1000)
    if (this.hasUpdated) this.#begin()
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    clearInterval(this.#tick)
    this.#agenda?.end()
    this.#agenda = this.#tasks = undefined
  }

  override willUpdate(changed: PropertyValues<this>) {
    if (changed.has('lang') || !this.#locale) void this.#speak()
    if (changed.has('property') || changed.has('service') || changed.has('getToken')) this.#begin()
  }

  override updated() {
    const shown = this.renderRoot.querySelector('dialog')
    if (shown && !shown.open) shown.showModal()
    if (this.#tasks?.moving && !this.#waits) this.renderRoot.querySelector<HTMLElement>('#choose')?.focus()
    this.#waits = Boolean(this.#tasks?.moving)
  }

  override render() {
    const words = this.#words
    if (!words) return skeleton
    if (!this.#agenda || !this.#tasks) {
      return html`<div class="main">
        <slot name="sign-in">
          <p>${words.signInWhy}</p>
          <p><button class="primary" part="button primary" @click=${this.#askToSignIn}>${words.signIn}</button></p>
        </slot>
      </div>`
    }
    const view: View = { agenda: this.#agenda, tasks: this.#tasks, words, dates: this.#dates, images: this.images }
    return html`<div class="main" lang=${words.lang}>${homes(view)} ${trouble(view)} ${this.#about(view)} ${rules(view)}</div>
      ${dialog(view)}`
  }

  #about(view: View) {
    const { agenda, words } = view
    const { me } = agenda
    if (!me) return agenda.error ? nothing : skeleton
    if (!me.applicants.length) return html`<p class="empty" part="empty"><strong>${words.stranger}</strong> ${words.strangerAdvice}</p>`
    const agencies = new Set(agenda.rules.map(({ organization_id }) => organization_id))
    const barred = me.applicants.some((one) => agencies.has(one.organization_id) && !one.eligible)
    return html`${barred ? html`<p class="problem" part="notice">${words.ineligible}</p>` : nothing} ${own(view)} ${choosing(view)}`
  }

  /** Loads the language of the element, or else of the document around it. */
  async #speak(): Promise<void> {
    const asked = this.lang || this.closest<HTMLElement>('[lang]')?.lang || navigator.language
    const language = languageOf([asked])
    const locale = languageOf([asked]) === asked.toLowerCase().split('-')[0] ? asked : language
    if (locale === this.#locale) return
    this.#locale = locale
    const words = (await texts[language]!()).default
    if (this.#locale !== locale) return // another was asked for meanwhile
    this.#words = words
    this.#dates = new Dates(locale)
    this.requestUpdate()
  }

  /** Begins anew, as whoever is signed in. */
  #begin(): void {
    this.#agenda?.end()
    this.#agenda = this.#tasks = undefined
    const properties = this.property.split(/[\s,]+/).filter(Boolean)
    const { getToken } = this
    if (!getToken) {
      setTimeout(() => this.isConnected && !this.getToken && this.#askToSignIn())
      return
    }
    if (!properties.length || !this.isConnected) return
    const update = () => this.requestUpdate()
    const agenda = new Agenda(serviceAt(addressOf(this.service, import.meta.url), getToken), properties, update, () => {
      if (this.#agenda !== agenda) return
      agenda.end()
      this.#agenda = this.#tasks = undefined
      update()
      this.#askToSignIn()
    })
    agenda.isPointedAt = () => Boolean(this.renderRoot.querySelector('#slots:is(:hover, :focus-within)'))
    this.#agenda = agenda
    this.#tasks = new Tasks(agenda, update, (event, booking) => this.#fire(event, booking))
    void agenda.begin()
  }

  #counts(): boolean {
    return Boolean(this.#tasks?.task?.hold || this.#agenda?.holds.length || this.#agenda?.entries.some(({ offer }) => offer))
  }

  #askToSignIn = () => this.#fire('sign-in-required')

  #fire(name: 'sign-in-required' | 'booked' | 'moved' | 'cancelled', detail?: Booking): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }))
  }
}

if (!customElements.get('visit-scheduler')) customElements.define('visit-scheduler', VisitScheduler)

declare global {
  interface HTMLElementTagNameMap {
    'visit-scheduler': VisitScheduler
  }
}
