import { Instance } from './instance.js'
import { type StartOptions, startInstance } from './start.js'

const DESCRIBED = 'BOOKING_INSTANCE'

/**
 * A `globalSetup` for Playwright: starts an instance for the whole run, and ends it. Without options name this module
 * itself; with options, export `bookingSetup({ seed: 'seed.json' })` as the default of a file of yours.
 */
export function bookingSetup(options: StartOptions = {}): () => Promise<() => Promise<void>> {
  return async () => {
    const instance = await startInstance(options)
    process.env[DESCRIBED] = JSON.stringify(instance.env) // workers inherit it
    process.env.BOOKING_BASE_URL = instance.baseUrl
    return async () => {
      delete process.env[DESCRIBED]
      await instance.stop()
    }
  }
}

export default bookingSetup()

/** The instance of the run, for tests. */
export function bookingInstance(): Instance {
  const described = process.env[DESCRIBED]
  if (described === undefined) throw new Error('no instance runs: is @estate-os/booking/testing/playwright the globalSetup?')
  return new Instance(JSON.parse(described) as Record<string, string>)
}
