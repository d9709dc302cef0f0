const en = {
  title: 'Today',
  before: 'The day before',
  after: 'The day after',
  noneThen: 'Nobody comes on this day.',
  when: { now: 'now', next: 'next' },
  came: (count: number, all: number) => `${count} of ${all} have come`,
  coming: 'says they come',
  outcomes: { attended: 'Came', no_show: 'Did not come' } as Record<string, string>,
  outcomeOf: (name: string) => `Did ${name} come?`,
  recorded: (name: string, outcome: string) => `${name}: ${outcome}`,
  approve: (name: string) => `Approve ${name}`,
  approved: (name: string) => `The request of ${name} is approved.`,
  allRequests: 'All requests',
  none: 'Nobody comes today.',
  advice: 'Offer times in the week, and see here who comes.',
  people: (count: number) => (count === 1 ? '1 person' : `${count} people`),
  status: { confirmed: 'confirmed', pending_approval: 'waits for approval' } as Record<string, string>,
}
export default en
export type Words = typeof en
