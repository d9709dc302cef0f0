import type { Session } from '../app/session'

const read = new WeakMap<Session, Promise<ReadonlyMap<string, string>>>()

/** What somebody's agencies are called; nothing is asked, and nothing needs to be told, where there is one only. */
export function agencyNames(session: Session): Promise<ReadonlyMap<string, string>> {
  const known = read.get(session) ?? ask(session)
  read.set(session, known)
  known.catch(() => read.delete(session))
  return known
}

async function ask({ client, me }: Session): Promise<ReadonlyMap<string, string>> {
  if (me.applicants.length < 2) return new Map()
  const all = await Promise.all(me.applicants.map(({ organization_id }) => client.getOrganization({ organization_id })))
  return new Map(all.map(({ data }) => [data.organization.id, data.organization.name ?? data.organization.id.slice(0, 8)]))
}
