const en = {
  title: 'Open houses',
  none: 'No open house in the next 60 days.',
  advice: 'Offer a time with more than one place in the week, and see here who comes.',
  taken: (taken: number, all: number) => `${taken} of ${all} places taken`,
  who: 'Who comes',
  nobody: 'Nobody has booked yet.',
  nobodyAdvice: 'Who books appears here at once.',
  name: 'Name',
  people: 'People',
  status: 'State',
  coming: 'Coming',
  yes: 'yes',
  notes: 'Notes',
  came: 'Came',
  print: 'Print',
  places: 'Places',
  set: 'Set',
  setDone: 'The number of places is changed.',
  file: 'open-house',
}
export default en
export type Words = typeof en
