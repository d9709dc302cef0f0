import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface Seen {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}
export type Step = (response: ServerResponse) => void

/** A server that answers request after request as the script says, and keeps what it was sent. */
export async function scripted(test: TestContext, ...script: Step[]): Promise<{ baseUrl: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push({ method: request.method!, url: request.url!, headers: request.headers, body })
    const step = script.shift()
    if (step) step(response)
    else response.writeHead(599).end('the script is over')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  test.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Step {
  return (response) => response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body))
}

export function problem(status: number, code: string, more: object = {}, headers: Record<string, string> = {}): Step {
  const body = { type: `urn:booking:problem:${code}`, title: 'A title.', status, detail: 'A detail.', instance: '/', code, ...more }
  return (response) =>
    response.writeHead(status, { 'Content-Type': 'application/problem+json', 'X-Request-Id': 'of-the-answer', ...headers }).end(JSON.stringify(body))
}

export const cut: Step = (response) => response.socket?.destroy()
export const silence: Step = () => {}

export const hold = { id: 'h', slot_id: 's', expires_at: '2031-03-03T08:00:00.123456Z' }
