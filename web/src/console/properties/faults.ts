/** Where in a file a fault is: which line of a table, or which event of a calendar, and what of it; null for what is of no line. */
export interface Place {
  of: 'lines' | 'events'
  number: number
  field: string
}

/** Reads where a fault is from its pointer, such as `#/lines/12/start_time`. */
export function placeOf(pointer: string): Place | null {
  const [, of, number, field] = /^#\/(lines|events)\/(\d+)(?:\/(.*))?$/.exec(pointer) ?? []
  return of ? { of: of as Place['of'], number: Number(number), field: field ?? '' } : null
}

/** The type of a file by which the service reads it: a calendar by its name or type, else a table. */
export const typeOf = ({ name, type }: { name: string; type: string }): 'text/calendar' | 'text/csv' =>
  type === 'text/calendar' || name.toLowerCase().endsWith('.ics') ? 'text/calendar' : 'text/csv'
