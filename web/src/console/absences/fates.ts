import type { ChangePlan } from '@estate-os/booking'

/** How many slots are handed over, are cancelled, and stay, because nobody can take them. */
export function fatesOf({ slots }: ChangePlan): { moved: number; cancelled: number; stays: number } {
  const fates = { moved: 0, cancelled: 0, stays: 0 }
  for (const { fate } of slots) fates[fate as keyof typeof fates] += 1
  return fates
}
