const en = {
  close: 'Close',
  back: 'Back',
  undo: 'Undo',
  retry: 'Try again',
  waiting: 'Loading',
  failed: 'This could not be loaded',
  offline: 'You are offline.',
  noAnswer: 'The service did not answer. Check your connection, and try again.',
  unexpected: 'Something went wrong on this page. Reload it, and tell support what you did.',
  reference: (id: string) => `Reference for support: ${id}`,
  asOf: (time: string) => `As of ${time}`,
  news: 'Show what is new',
  doing: 'Working…',
}
export default en
export type Words = typeof en
