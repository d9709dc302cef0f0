/** What became of each of several acts: those that were done, and what was refused. */
export interface Decided {
  done: number
  refused: Map<string, unknown>
}

/** Does the same with each, one after the other, so that one refusal keeps none of the others from being done. */
export async function decideEach(ids: Iterable<string>, act: (id: string) => Promise<unknown>): Promise<Decided> {
  const decided: Decided = { done: 0, refused: new Map() }
  for (const id of ids) {
    try {
      await act(id)
      decided.done++
    } catch (error) {
      decided.refused.set(id, error)
    }
  }
  return decided
}

/** The first to be decided first: by their deadlines. */
export function byDeadline<T extends { approval_deadline: Date | null; start_time: Date }>(requests: readonly T[]): T[] {
  const last = ({ approval_deadline, start_time }: T) => (approval_deadline ?? start_time).getTime()
  return [...requests].sort((one, other) => last(one) - last(other))
}
