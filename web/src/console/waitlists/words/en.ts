const en = {
  title: 'Waitlists',
  none: 'Nobody waits for a place.',
  advice: 'Applicants can wait where a time is full. A place that becomes free is offered to the first of them.',
  position: (position: number) => `number ${position}`,
  until: (moment: string) => `may book until ${moment}`,
  slot: 'Who comes, and places',
  count: (count: number) => (count === 1 ? '1 waits' : `${count} wait`),
  skipped: (reason: string) => ({ applicant_ineligible: 'may not book', slot_cancelled: 'the time was cancelled' })[reason] ?? reason,
  file: 'waitlists',
}
export default en
export type Words = typeof en
