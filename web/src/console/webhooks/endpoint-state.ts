import type { WebhookEndpoint } from '@estate-os/booking'

/** How an endpoint is: it hears all, has still to hear some, fails, was switched off, or was stopped since it failed for long. */
export type State = 'well' | 'behind' | 'failing' | 'off' | 'stopped'

const DAY = 86_400_000
const STOPPED_AFTER = 5 * DAY

type Looked = Pick<WebhookEndpoint, 'status' | 'failing_since' | 'disabled_at' | 'position' | 'head'>

export function stateOf({ status, failing_since, disabled_at, position, head }: Looked): State {
  if (status === 'disabled') {
    const failed = failing_since && disabled_at ? disabled_at.getTime() - failing_since.getTime() : 0
    return failed >= STOPPED_AFTER ? 'stopped' : 'off'
  }
  if (failing_since) return 'failing'
  return position < head ? 'behind' : 'well'
}

/** When a failing endpoint is switched off by itself. */
export const stopsAt = (failingSince: Date): Date => new Date(failingSince.getTime() + STOPPED_AFTER)
