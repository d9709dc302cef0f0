import type { Language, NoticeKind, Recipient } from '@estate-os/booking'
import { css, html, LitElement } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { keyed } from 'lit/directives/keyed.js'
import type { Session } from '../../app/session'
import { messages } from '../../parts/message-words'
import { Reading } from '../../parts/reading'
import { shared } from '../../parts/shared'
import { words as parts } from '../../parts/words'
import { LANGUAGES } from '../../words/language'
import { language as pageLanguage } from '../../words/page-language'
import './message-preview'
import './text-form'
import { canBeTurnedOff } from './told'
import { words } from './words'

type Scope = Language | ''

/** What a message says: the agency's own text by language, and how it looks. */
@customElement('one-message')
export class OneMessage extends LitElement {
  static override styles = [
    shared,
    css`
      .both {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr));
        align-items: start;
        gap: calc(2 * var(--space));
      }
      select {
        inline-size: min(100%, 32rem);
      }
    `,
  ]
  @property({ attribute: false }) session!: Session
  @property() kind: NoticeKind = 'confirmed'
  @property() recipient: Recipient = 'applicant'
  /** The language whose text is shown; empty is all that have none of their own. */
  @state() private scope: Scope = ''
  #owns!: Reading<Scope[]>

  override connectedCallback() {
    this.#owns ??= new Reading(this, {
      read: (signal) => this.#read(signal),
      live: this.session.live,
      on: ['notice_template.'],
      order: () => [],
      lines: 8,
    })
    super.connectedCallback()
  }

  override render() {
    const { kind, recipient } = this
    return html`<div class="stack">
      <p><a href="/app/notices/texts">${parts.back}</a></p>
      <div>
        <h2>${messages.kinds[kind]} · ${words.toWhom[recipient]}</h2>
        <p class="faint">${words.when[kind]} ${canBeTurnedOff(kind) ? words.turnedOff : words.notTurnedOff}</p>
      </div>
      ${this.#owns.render((owns) => this.#both(owns))}
    </div>`
  }

  #both(owns: Scope[]) {
    const { session, kind, recipient, scope } = this
    const usual = scope !== '' && owns.includes('') ? words.asAllLanguages : words.usual
    return html`
      <label class="field">
        ${words.language}
        <select @change=${this.#choose}>
          ${(['', ...LANGUAGES] as Scope[]).map(
            (one) => html`<option value=${one} ?selected=${one === scope}>
              ${one === '' ? words.allLanguages : languageName(one)}${owns.includes(one) ? ` · ${words.ownText}` : ''}
            </option>`,
          )}
        </select>
      </label>
      <div class="both">
        ${keyed(
          scope,
          html`<text-form .session=${session} kind=${kind} recipient=${recipient} language=${scope} usual=${usual}></text-form>`,
        )}
        <message-preview
          .session=${session}
          kind=${kind}
          recipient=${recipient}
          language=${scope || pageLanguage}
          .shown=${languageName(scope || pageLanguage)}
        ></message-preview>
      </div>
    `
  }

  async #read(signal: AbortSignal): Promise<Scope[]> {
    const { kind, recipient } = this
    const has = async (scope: Scope) => {
      const { data } = await this.session.client.getNoticeTemplate({ kind, recipient, ...(scope && { locale: scope }) }, { signal })
      return data.notice_template.body === null ? [] : [scope]
    }
    return (await Promise.all((['', ...LANGUAGES] as Scope[]).map(has))).flat()
  }

  #choose = (event: Event) => {
    this.scope = (event.target as HTMLSelectElement).value as Scope
  }
}

const languageName = (language: Language) => new Intl.DisplayNames([pageLanguage], { type: 'language' }).of(language) ?? language

declare global {
  interface HTMLElementTagNameMap {
    'one-message': OneMessage
  }
}
