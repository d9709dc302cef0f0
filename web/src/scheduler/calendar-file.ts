import type { Booking } from '@estate-os/booking'

/** A visit for a calendar program (RFC 5545); the same event as in the service's mails and feeds, by its UID. */
export function calendarFile(visit: Booking, title: string, now: Date): string {
  const { address, directions, meeting_point, label, area } = visit.property
  const said = [label, directions, meeting_point, visit.agent.name, visit.agent.phone].filter(Boolean).join('\n')
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//estate-os//visit-scheduler//EN',
    'BEGIN:VEVENT',
    `UID:${visit.id}`,
    `SEQUENCE:${visit.sequence}`,
    `DTSTAMP:${utc(now)}`,
    `DTSTART:${utc(visit.start_time)}`,
    `DTEND:${utc(visit.end_time)}`,
    `SUMMARY:${text(title)}`,
    `LOCATION:${text(address ?? area ?? '')}`,
    `DESCRIPTION:${text(said)}`,
    `STATUS:${visit.status === 'confirmed' ? 'CONFIRMED' : 'TENTATIVE'}`,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ]
    .map(folded)
    .join('\r\n')
}

const utc = (at: Date) => at.toISOString().replace(/\.\d+|[-:]/g, '')
const text = (said: string) => said.replace(/[\\;,]/g, '\\$&').replace(/\r?\n/g, '\\n')

/** Lines of at most 75 octets, cut between characters. */
function folded(line: string): string {
  const lines = ['']
  let room = 75
  for (const one of line) {
    const size = new TextEncoder().encode(one).length
    if (size > room) {
      lines.push(' ')
      room = 74
    }
    lines[lines.length - 1] += one
    room -= size
  }
  return lines.join('\r\n')
}
