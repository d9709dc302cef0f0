import type {
  BookingClient,
  ChangeScope,
  PatchScheduleData,
  PlannedChange,
  PlannedOccurrence,
  PlanSlot,
  ScheduleChangePlan,
  ScheduleChangeResponse,
} from '@estate-os/booking'

/** What is to become of a schedule: with terms it is changed, without it ends, in this scope. */
export interface Change {
  scope: ChangeScope
  /** By its local start; not of all. */
  occurrence?: string
  terms?: PatchScheduleData['body']
}

export interface Asked {
  schedule_id: string
  etag: string
  change: Change
  booked: 'keep' | 'cancel'
  reason?: string
}

/** By which its words are found, such as `patch_all`. */
export const kindOf = ({ terms, scope }: Change): string => `${terms ? 'patch' : 'delete'}_${scope}`

/** Ask what a change would do; with the hash of a plan that was looked at it is done. */
export async function ask(client: BookingClient, { schedule_id, etag, change, booked, reason }: Asked, hash?: string) {
  const { scope, occurrence, terms } = change
  const query = { schedule_id, scope, booked, ...(occurrence && { occurrence }), ...(reason && { reason }) }
  const held = hash === undefined ? { dry_run: true } : { hash }
  const options = { ifMatch: etag }
  const { data } = terms
    ? await client.patchSchedule({ ...query, ...terms, ...held }, options)
    : await client.deleteSchedule({ ...query, ...held }, options)
  return data as ScheduleChangeResponse
}

/** A plan by what it means for people. */
export interface Sorted {
  gone: readonly PlannedChange[]
  kept: readonly (PlannedOccurrence & { slot: PlannedChange })[]
  made: readonly PlanSlot[]
  notMade: number
}

export function sorted({ occurrences, made }: ScheduleChangePlan): Sorted {
  const slots = occurrences.filter((one): one is PlannedOccurrence & { slot: PlannedChange } => one.slot !== null)
  return {
    gone: slots.filter(({ slot }) => slot.fate === 'cancelled').map(({ slot }) => slot),
    kept: slots.filter(({ kept }) => kept !== null),
    made,
    notMade: made.filter(({ clashes }) => clashes.length > 0).length,
  }
}

/** Whether nothing would be done: the one occurrence that is meant stays as it is. */
export const isNothing = ({ scope }: Change, { gone, kept, made }: Sorted): boolean =>
  scope === 'this' && kept.length > 0 && gone.length + made.length === 0
