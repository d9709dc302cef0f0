import type { AuditedEvent } from '@estate-os/booking'

/** What a spreadsheet would compute, as the service's own tables have it (OWASP, CSV injection). */
const FORMULA = /^(?:[\s"'`,;|\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n\0])/

type Cell = string | number | Date | null

function text(cell: Cell): string {
  if (cell === null) return ''
  if (cell instanceof Date) return cell.toISOString()
  if (typeof cell === 'number') return String(cell)
  const harmless = FORMULA.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/** Events as CSV, with the fields of the contract as columns, and what is called by a name with its name. */
export function tableOf(events: readonly AuditedEvent[], named: (id: string | null) => string): string {
  const rows = events.map(
    ({ position, occurred_at, type, from_state, to_state, actor, request_id, start_time, end_time, moved_from, id, ...ids }) => ({
      position,
      occurred_at,
      type,
      from_state,
      to_state,
      actor_role: actor.role,
      actor_via: actor.via,
      actor_subject: actor.subject,
      property: named(ids.property_id),
      agent: named(ids.agent_id),
      start_time,
      end_time,
      moved_from_start_time: moved_from?.start_time ?? null,
      moved_from_slot_id: moved_from?.slot_id ?? null,
      moved_from_agent_id: moved_from?.agent_id ?? null,
      slot_id: ids.slot_id,
      booking_id: ids.booking_id,
      applicant_id: ids.applicant_id,
      agent_id: ids.agent_id,
      property_id: ids.property_id,
      endpoint_id: ids.endpoint_id,
      schedule_id: ids.schedule_id,
      request_id,
      event_id: id,
    }),
  )
  const columns = Object.keys(rows[0] ?? { position: null })
  const lines = [columns, ...rows.map((row) => Object.values(row as Record<string, Cell>).map(text))]
  return lines.map((line) => `${line.join(',')}\r\n`).join('')
}
