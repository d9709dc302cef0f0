/** Whose absence is to begin, from when to when. */
export interface AbsenceAt {
  agent_id: string
  from: Date
  to: Date
}

/** Where the screen begins that absence. */
export function absencePath({ agent_id, from, to }: AbsenceAt): string {
  return `/app/absences?${new URLSearchParams({ agent: agent_id, from: from.toISOString(), to: to.toISOString() })}`
}

/** The absence that an address asks to begin; null where it asks for none. */
export function absenceAsked(search: string): AbsenceAt | null {
  const given = new URLSearchParams(search)
  const [from, to] = [new Date(given.get('from') ?? ''), new Date(given.get('to') ?? '')]
  const agent_id = given.get('agent')
  return agent_id && from < to ? { agent_id, from, to } : null
}
