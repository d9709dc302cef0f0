/** A server-sent event. One without data moves the position only. */
export interface Message {
  /** The last id that was told, by this message or before. */
  id: string | null
  event: string
  data: string
  retry: number | null
}

/**
 * Server-sent events out of text, however it is cut (HTML standard, 9.2.6). What is not ended by an empty line is none.
 *
 * Why by hand: browsers import this package as it is, and by a name of another package they would find nothing.
 */
export class MessageParser {
  #rest = ''
  #returned = false
  #id: string | null = null
  #event = ''
  #data: string[] = []
  #retry: number | null = null

  feed(text: string): Message[] {
    if (text === '') return []
    const messages: Message[] = []
    const lines = (this.#rest + (this.#returned && text.startsWith('\n') ? text.slice(1) : text)).split(/\r\n|[\r\n]/)
    this.#returned = text.endsWith('\r')
    this.#rest = lines.pop()!
    for (const line of lines) {
      if (line === '') messages.push(this.#message())
      else this.#field(line)
    }
    return messages
  }

  #field(line: string): void {
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line)!
    if (name === 'data') this.#data.push(value)
    else if (name === 'event') this.#event = value
    else if (name === 'id' && !value.includes('\0')) this.#id = value
    else if (name === 'retry' && /^\d+$/.test(value)) this.#retry = Number(value)
  }

  #message(): Message {
    const message = { id: this.#id, event: this.#event, data: this.#data.join('\n'), retry: this.#retry }
    this.#event = ''
    this.#data = []
    this.#retry = null
    return message
  }
}
