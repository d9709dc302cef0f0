import { AccessChanged, type BookingClient, createBookingClient, type Me } from '@estate-os/booking'
import { Live } from './live'

/** Somebody who is signed in: who they are, the client that speaks for them, and what happens in their view. */
export interface Session {
  readonly name: string
  readonly me: Me
  readonly client: BookingClient
  readonly live: Live
  /** Forgets all of it. */
  signOut(): void
}

/** Gives a token, a new one where the service has refused the last; `name` is how the way of signing in calls the person. */
export interface Credentials {
  name: string
  token(asked: { refresh: boolean }): Promise<string>
  signOut(): Promise<void>
}

/** Signs in with what a way of signing in gave. Throws the service's refusal. `ended` is called once the session is over. */
export async function openSession(credentials: Credentials, ended: () => void): Promise<Session> {
  const client = createBookingClient({ token: (asked) => credentials.token(asked) })
  const { me } = (await client.getMe()).data
  const over = new AbortController()
  const live = new Live(client, over.signal)
  return {
    name: me.profile?.name ?? credentials.name,
    me,
    client,
    live,
    signOut: () => {
      over.abort()
      void credentials.signOut()
      ended()
    },
  }
}

export { AccessChanged }
