interface Waits {
  slot_id: string
  start_time: Date
  position: number | null
  status: string
}

/** One queue in its order: whoever has an offer first, then by position, and at the end who was passed over. */
export function queueOf<T extends Waits>(entries: readonly T[]): T[] {
  const rank = ({ status, position }: T) => (status === 'offered' ? 0 : (position ?? Number.MAX_SAFE_INTEGER))
  return [...entries].sort((one, other) => rank(one) - rank(other))
}

/** Who waits, by slot, in the order in which the slots come. */
export function queuesOf<T extends Waits>(entries: readonly T[]): T[][] {
  const queues = new Map<string, T[]>()
  for (const entry of entries) queues.set(entry.slot_id, [...(queues.get(entry.slot_id) ?? []), entry])
  return [...queues.values()].map(queueOf).sort(([one], [other]) => one!.start_time.getTime() - other!.start_time.getTime())
}
