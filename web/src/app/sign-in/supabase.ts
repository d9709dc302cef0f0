import { AuthClient, isAuthError, isAuthRetryableFetchError } from '@supabase/auth-js'
import { type Credentials, SignInOver } from '../session'

/** Why nobody was signed in: what was entered, too many tries, or no answer. */
export function whyRefused(error: unknown): 'refused' | 'tooOften' | 'unreachable' {
  const status = isAuthError(error) ? (error.status ?? 0) : 0
  if (status === 429) return 'tooOften'
  return status >= 400 && status < 500 ? 'refused' : 'unreachable'
}

/** Signing in by Supabase: with a password, or with a code by e-mail. What it knows stays in memory. */
export class Supabase {
  readonly #auth: InstanceType<typeof AuthClient>

  constructor(url: string, key: string) {
    this.#auth = new AuthClient({
      url: `${url.replace(/\/+$/, '')}/auth/v1`,
      headers: { apikey: key },
      persistSession: false,
      detectSessionInUrl: false,
    })
  }

  async withPassword(email: string, password: string): Promise<Credentials> {
    const { error } = await this.#auth.signInWithPassword({ email, password })
    if (error) throw error
    return this.#credentials(email)
  }

  async sendCode(email: string): Promise<void> {
    const { error } = await this.#auth.signInWithOtp({ email, options: { shouldCreateUser: false } })
    if (error) throw error
  }

  async withCode(email: string, token: string): Promise<Credentials> {
    const { error } = await this.#auth.verifyOtp({ email, token, type: 'email' })
    if (error) throw error
    return this.#credentials(email)
  }

  #credentials(name: string): Credentials {
    return {
      name,
      token: async ({ refresh }) => {
        const { data, error } = refresh ? await this.#auth.refreshSession() : await this.#auth.getSession()
        if (data.session) return data.session.access_token
        if (error && isAuthRetryableFetchError(error)) throw error
        throw new SignInOver()
      },
      signOut: async () => {
        await this.#auth.signOut({ scope: 'local' })
      },
    }
  }
}
