import { type Message, MessageParser } from './messages.js'

/** Milliseconds until a stream says something: longer, and something on the way keeps it back. */
export const BEGINNING = 5_000
const SILENCE = 40_000 // milliseconds that end a stream: a heartbeat comes every 15 seconds

/** The messages of a stream, until it is closed. Throws where it breaks, is silent, or `signal` aborts. */
export async function* messagesOf(
  open: (signal: AbortSignal) => Promise<Response>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Message, void, undefined> {
  const over = new AbortController()
  const leave = () => over.abort(signal?.reason)
  signal?.addEventListener('abort', leave)
  try {
    const reader = (await open(over.signal)).body!.getReader()
    const decoder = new TextDecoder()
    const parser = new MessageParser()
    for (let patience = BEGINNING; ; patience = SILENCE) {
      const timer = setTimeout(() => over.abort(new DOMException(`${patience} ms of silence`, 'TimeoutError')), patience)
      const { done, value } = await reader.read().finally(() => clearTimeout(timer))
      if (done) return
      yield* parser.feed(decoder.decode(value, { stream: true }))
    }
  } finally {
    over.abort()
    signal?.removeEventListener('abort', leave)
  }
}
