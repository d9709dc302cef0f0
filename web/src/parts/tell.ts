import { signal } from '@lit-labs/signals'

/** Something that was done and is told at the edge of the page; `undo` where the API has a way back. */
export interface Told {
  text: string
  fault?: boolean
  undo?: () => Promise<unknown>
}

export const told = signal<Told | null>(null)

/** Tell the person what was done, for some seconds, and to a screen reader. */
export function tell(one: Told): void {
  told.set(one)
}
