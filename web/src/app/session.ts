import { AccessChanged, type BookingClient, createBookingClient, type Me } from '@estate-os/booking'
import { signal } from '@lit-labs/signals'
import { ServerClock } from '../scheduler/clock'
import { Live } from './live'

type Token = (asked: { refresh: boolean }) => Promise<string>

/** Somebody who is signed in: who they are, the client that speaks for them, and what happens in their view. */
export interface Session {
  readonly name: string
  readonly me: Me
  readonly client: BookingClient
  readonly live: Live
  /** What time it is for the service, whatever the viewer's clock says. */
  readonly clock: ServerClock
  /** For components that speak to the service by themselves. */
  readonly token: Token
  /** Whether the sign-in is over. What needs a token waits meanwhile, and goes on once the same person has signed in again. */
  readonly expired: { get(): boolean }
  /** Goes on with other credentials of the same person; throws `AnotherPerson` where they are not. */
  renew(credentials: Credentials): Promise<void>
  /** Forgets all of it. */
  signOut(): void
}

/** Gives a token, a new one where the service has refused the last; `name` is how the way of signing in calls the person. */
export interface Credentials {
  name: string
  /** Throws `SignInOver` once it can give none. */
  token: Token
  signOut(): Promise<void>
}

/** A way of signing in gives no token any more, until somebody signs in again. */
export class SignInOver extends Error {}

/** Nobody can be signed in by what was asked for, as by `?as=` with an address that the demo does not know. */
export class UnknownPerson extends Error {}

/** Somebody else has signed in over what a person was doing. */
export class AnotherPerson extends Error {}

/** Signs in with what a way of signing in gave. Throws the service's refusal. `ended` is called once the session is over. */
export async function openSession(credentials: Credentials, ended: () => void): Promise<Session> {
  const clock = new ServerClock()
  const over = new AbortController()
  const expired = signal(false)
  let current = credentials
  let opened = false
  let goOn: () => void = () => {}
  let renewed: Promise<void> | undefined

  const token: Token = async (asked) => {
    over.signal.throwIfAborted()
    try {
      return await current.token(asked)
    } catch (error) {
      if (!(error instanceof SignInOver) || !opened) throw error
      renewed ??= new Promise((resolve) => {
        goOn = resolve
        expired.set(true)
      })
      await renewed
      return token({ refresh: false })
    }
  }
  const timed = async (...asked: Parameters<typeof fetch>) => {
    const sent = performance.now()
    const response = await fetch(...asked)
    clock.saw(response.headers.get('Date'), sent, performance.now())
    return response
  }
  const client = createBookingClient({ token, fetch: timed })
  const live = new Live(client, over.signal)
  const [{ me }, begun] = await Promise.all([
    client.getMe().then(({ data }) => data),
    live.begin().then(
      () => true,
      () => false, // somebody whom no agency knows, or not before they were asked about
    ),
  ])
  opened = true
  if (!begun && (me.agent || me.applicants.length)) await live.begin()
  return {
    name: me.profile?.name ?? credentials.name,
    me,
    client,
    live,
    clock,
    token,
    expired,
    renew: async (next) => {
      const now = (await createBookingClient({ token: next.token }).getMe()).data.me
      if (now.subject !== me.subject) {
        void next.signOut()
        throw new AnotherPerson()
      }
      current = next
      expired.set(false)
      renewed = undefined
      goOn()
    },
    signOut: () => {
      over.abort()
      goOn()
      void current.signOut()
      ended()
    },
  }
}

export { AccessChanged }
