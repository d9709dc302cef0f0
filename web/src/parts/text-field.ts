import { html, nothing } from 'lit'

/** How something is entered. */
export interface TextField {
  label: string
  advice?: string
  type?: 'text' | 'email' | 'tel' | 'url'
  most: number
  /** Of a text of several lines, how many are seen at once. */
  lines?: number
  pattern?: string
  required?: boolean
  autocomplete?: string
}

/** A labelled field of a form, with advice on what it is for. */
export function textField(name: string, value: string | null, field: TextField, readonly = false) {
  const { label, advice, most, lines } = field
  return html`<div class="field">
    <label for=${name}>${label}</label>
    ${
      lines
        ? html`<textarea
            id=${name}
            name=${name}
            rows=${lines}
            maxlength=${most}
            ?readonly=${readonly}
            .value=${value ?? ''}
            aria-describedby=${`${name}-advice`}
          ></textarea>`
        : html`<input
            id=${name}
            name=${name}
            type=${field.type ?? 'text'}
            maxlength=${most}
            pattern=${field.pattern ?? '.*'}
            autocomplete=${field.autocomplete ?? 'off'}
            title=${advice ?? label}
            ?required=${field.required}
            ?readonly=${readonly}
            .value=${value ?? ''}
            aria-describedby=${`${name}-advice`}
          />`
    }
    ${advice ? html`<span id=${`${name}-advice`} class="small faint">${advice}</span>` : nothing}
  </div>`
}
