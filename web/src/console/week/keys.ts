/** A change by keyboard, in minutes of the wall clock. */
const STEPS: Record<string, number> = { ArrowUp: -15, ArrowDown: 15, ArrowLeft: -1440, ArrowRight: 1440, PageUp: -10_080, PageDown: 10_080 }

/** By how much a key moves what is being moved; null for a key that does not. */
export const stepOf = (key: string): number | null => STEPS[key] ?? null

/** By how many minutes a key makes what is being moved longer; null for a key that does not. */
export const growthOf = (key: string): number | null => (key === '+' ? 15 : key === '-' ? -15 : null)

/** Which of the entries, in the order of time, is gone to from one of them; null for a key that does not. */
export function neighbour<T extends { id: string; date: string }>(all: readonly T[], id: string, key: string): T | null {
  const at = all.findIndex((one) => one.id === id)
  const here = all[at]
  if (!here) return null
  switch (key) {
    case 'ArrowDown':
      return all[at + 1] ?? null
    case 'ArrowUp':
      return all[at - 1] ?? null
    case 'ArrowRight':
      return all.find(({ date }) => date > here.date) ?? null
    case 'ArrowLeft': {
      const before = all.findLast(({ date }) => date < here.date)
      return before ? (all.find(({ date }) => date === before.date) ?? null) : null
    }
    case 'Home':
      return all[0] ?? null
    case 'End':
      return all.at(-1) ?? null
    default:
      return null
  }
}
