import { type Credentials, UnknownPerson } from '../session'

/** One of the demo's people, as `booking dev` lists them. */
export interface Person {
  email: string
  name: string
  role: 'admin' | 'member' | 'applicant'
}

export async function people(): Promise<Person[]> {
  const response = await fetch('/dev/people')
  if (!response.ok) throw new Error(`/dev/people: ${response.status}`)
  return ((await response.json()) as { people: Person[] }).people
}

/** Signs in as one of them, without a password: of `booking dev` alone. */
export function asPerson({ email, name }: Pick<Person, 'email' | 'name'>): Credentials {
  let token: Promise<string> | undefined
  const ask = async () => {
    const response = await fetch('/dev/people/sign-in', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email }),
    })
    if (response.status === 404) throw new UnknownPerson(email)
    if (!response.ok) throw new Error(`/dev/people/sign-in: ${response.status}`)
    return ((await response.json()) as { token: string }).token
  }
  return {
    name,
    token: ({ refresh }) => {
      if (refresh || token === undefined) token = ask()
      return token
    },
    signOut: async () => {
      token = undefined
    },
  }
}
