const en = {
  title: 'Requests to approve',
  none: 'Nobody waits for your approval.',
  advice: 'The rules say at which risk a visit needs it. A request appears here as soon as it is made.',
  all: 'Select all',
  select: (name: string) => `Select the request of ${name}`,
  chosen: (count: number) => `${count} selected`,
  open: 'Details',
  approve: (count: number) => (count === 1 ? 'Approve 1' : `Approve ${count}`),
  decline: (count: number) => (count === 1 ? 'Decline 1' : `Decline ${count}`),
  declining: (count: number) => (count === 1 ? 'Decline this request?' : `Decline ${count} requests?`),
  declines: 'They are told, and their places go to whoever waits, or are public again. This cannot be taken back.',
  approved: (count: number) => (count === 1 ? 'One request is approved.' : `${count} requests are approved.`),
  declined: (count: number) => (count === 1 ? 'One request is declined.' : `${count} requests are declined.`),
}
export default en
export type Words = typeof en
