import type { Schedule, ScheduleOccurrence } from '@estate-os/booking'

/** Whether its slot is not where, or as long as, the rules had it: somebody has moved it. */
export function isElsewhere({ slot, start_time, end_time }: ScheduleOccurrence): boolean {
  return slot !== null && (slot.start_time.getTime() !== start_time.getTime() || slot.end_time.getTime() !== end_time.getTime())
}

/** Whether it, or what follows it, can be changed: it is to come, and neither cancelled nor taken away. */
export function canChange({ status }: Schedule, one: ScheduleOccurrence, now: Date): boolean {
  const start = Math.max(one.start_time.getTime(), one.slot?.start_time.getTime() ?? 0)
  return status === 'active' && one.state !== 'deleted' && one.reason !== 'schedule_changed' && start > now.getTime()
}

/** The first date on which a schedule can have an occurrence. */
export function firstDate({ rules, since }: Pick<Schedule, 'rules' | 'since'>): string {
  const first = rules.map(({ start }) => start).sort()[0] ?? ''
  return (since !== null && since > first ? since : first).slice(0, 10)
}
