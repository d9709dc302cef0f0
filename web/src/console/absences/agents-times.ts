import type { Block } from '@estate-os/booking'

/** An agent's times without slots. */
export interface AgentsTimes {
  id: string
  name: string
  blocks: readonly Block[]
}

/** The blocks that are told one by one, and those of the calendar, of which nothing is to be decided here. */
export function byWeight(blocks: readonly Block[]): { told: Block[]; busy: Block[] } {
  const isBusy = ({ source, conflict }: Block) => source === 'calendar' && !conflict
  return { told: blocks.filter((one) => !isBusy(one)), busy: blocks.filter(isBusy) }
}
