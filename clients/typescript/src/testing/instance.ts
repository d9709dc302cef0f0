import { randomUUID } from 'node:crypto'
import { type BookingClient, type ClientOptions, createBookingClient } from '../client.js'
import { Problem } from '../problem.js'
import { type Envelope, enveloped, type Screening, sendMessage } from './screenings.js'

/** What the env file of `booking dev` holds: BASE_URL, ADMIN_TOKEN, ORGANIZATION_ID, SQS_QUEUE_URL and more. */
export type Environment = Record<string, string>

export interface TokenOf {
  email?: string
  /** Whether the issuer vouches for the email; it does unless said. */
  email_verified?: boolean
  /** An agent's first name. */
  name?: string
  subject?: string
  /** Makes an agent: of the instance's organization unless `organization_id` names another one, which it founds. */
  role?: 'member' | 'admin'
  organization_id?: string
  lasts_seconds?: number
}

export interface Person {
  client: BookingClient
  token: string
}
export interface ApplicantPerson extends Person {
  id: string
  email: string
}

/** A message that was mailed, as it looks at the instance's outbox. */
export interface Mail {
  number: number
  /** By the instance's clock. */
  at: Date
  kind: string | null
  from_name: string | null
  to: string
  to_name: string | null
  reply_to: string | null
  subject: string
  text: string
  html: string
  headers: Record<string, string>
  url: string
}

/** Which mails: to an address, of a kind, after a number; `wait` so many seconds, 20 at most, for the first. */
export interface MailsOf {
  to?: string
  kind?: string
  after?: number
  wait?: number
}

const PATIENCE = 15_000 // milliseconds until a screening that was sent counts as lost

/** A running development instance, and what drives it. */
export class Instance {
  env: Environment
  /** How to reach its queue; a container's is reached from inside. */
  protected send: (body: string) => Promise<void> = (body) => sendMessage(this.env, body)

  constructor(env: Environment) {
    this.env = env
  }

  get baseUrl(): string {
    return this.env.BASE_URL ?? ''
  }

  /** A client with that token. */
  client(token?: ClientOptions['token'], options: Omit<ClientOptions, 'baseUrl' | 'token'> = {}): BookingClient {
    return createBookingClient({ ...options, baseUrl: this.baseUrl, token })
  }

  /** A client of the instance's own admin. */
  get admin(): BookingClient {
    return this.client(this.env.ADMIN_TOKEN)
  }

  async token(of: TokenOf): Promise<string> {
    return (await this.#control<{ token: string }>('/dev/token', of)).token
  }

  /** Move the database's clock ahead, and return what it shows. Tokens, leases and limits stay on real time. */
  async clock(to: { advance_seconds: number } | { now: Date }): Promise<Date> {
    return new Date((await this.#control<{ now: string }>('/dev/clock', to)).now)
  }

  /** What was mailed, the newest first. */
  async mails(which: MailsOf = {}): Promise<Mail[]> {
    const query = new URLSearchParams(Object.entries(which).map(([name, value]) => [name, String(value)]))
    const found = await this.#ask<{ messages: (Omit<Mail, 'at'> & { at: string })[] }>(`/dev/outbox.json?${query}`)
    return found.messages.map((one) => ({ ...one, at: new Date(one.at) }))
  }

  /** Begin anew with an empty database: with the demo, or with the seed. */
  async reset(): Promise<void> {
    const { environment } = await this.#control<{ environment: Environment }>('/dev/reset')
    this.env = { ...environment, BASE_URL: this.baseUrl }
  }

  /** Send a screening, as the upstream service does: plain, or as SNS or EventBridge deliver it. */
  async screen(screening: Screening, envelope: Envelope = 'plain'): Promise<void> {
    await this.send(JSON.stringify(enveloped(screening, envelope)))
  }

  /** An organization of its own, so that tests need no reset. */
  organization(): Organization {
    return new Organization(this, randomUUID())
  }

  #control<Answer>(path: string, body?: object): Promise<Answer> {
    return this.#ask(path, { method: 'POST', body: body && JSON.stringify(body) })
  }

  async #ask<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { Authorization: `Bearer ${this.env.ADMIN_TOKEN}`, 'Content-Type': 'application/json' }
    const response = await fetch(this.baseUrl + path, { ...init, headers })
    const answer = await response.json()
    if (!response.ok) throw new Problem(response, answer as object)
    return answer as Answer
  }
}

/** An agency of one's own within an instance. */
export class Organization {
  readonly instance: Instance
  readonly id: string

  constructor(instance: Instance, id: string) {
    this.instance = instance
    this.id = id
  }

  agent(of: Omit<TokenOf, 'role' | 'organization_id'> = {}): Promise<Person> {
    return this.#agent('member', of)
  }

  admin(of: Omit<TokenOf, 'role' | 'organization_id'> = {}): Promise<Person> {
    return this.#agent('admin', of)
  }

  /** Somebody who was screened, and is let in: comes back once they can sign in. */
  async applicant(screening: Partial<Screening> = {}, envelope?: Envelope): Promise<ApplicantPerson> {
    const id = screening.applicant_id ?? randomUUID()
    const email = screening.email ?? `${id}@example.com`
    const token = await this.instance.token({ email })
    await this.instance.screen(
      { name: 'Ada Lovelace', risk_level: 'LOW', ...screening, applicant_id: id, email, organization_id: this.id },
      envelope,
    )
    const client = this.instance.client(token)
    for (const until = Date.now() + PATIENCE; ; ) {
      const applicants = await client.getMe().then(
        ({ data }) => data.me.applicants,
        (refusal: unknown) => {
          if (refusal instanceof Problem && refusal.code === 'not_registered') return []
          throw refusal
        },
      )
      const own = applicants.find((one) => one.organization_id === this.id)
      if (own) return { client, token, id: own.id, email }
      if (Date.now() > until) throw new Error(`the screening of ${email} was not taken in within ${PATIENCE / 1000} s`)
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }

  async #agent(role: 'member' | 'admin', of: TokenOf): Promise<Person> {
    const token = await this.instance.token({ ...of, role, organization_id: this.id })
    return { token, client: this.instance.client(token) }
  }
}
