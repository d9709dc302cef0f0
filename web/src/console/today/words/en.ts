const en = {
  title: 'Today',
  none: 'Nobody comes today.',
  advice: 'Offer times in the week, and see here who comes.',
  people: (count: number) => (count === 1 ? '1 person' : `${count} people`),
  status: { confirmed: 'confirmed', pending_approval: 'waits for approval' } as Record<string, string>,
}
export default en
export type Words = typeof en
