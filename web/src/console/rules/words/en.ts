type Rule = { label: string; says: (value: string) => string; none: string }

const en = {
  title: 'Rules',
  where: 'Rules of',
  everywhere: 'The whole agency',
  advice: 'They hold at each home that has no rule of its own, for all that is decided from now on. Deadlines that run keep running.',
  adviceHome: 'What is left empty is as the agency has it. It holds for all that is decided from now on; deadlines that run keep running.',
  membersRead: 'An admin of your agency changes them.',
  inherited: 'As the agency has it',
  asAgency: (sentence: string) => `As the agency has it: ${sentence}`,
  byDefault: 'Left empty, it is as by default.',
  notSet: 'not set',
  save: (count: number) => (count === 0 ? 'Save' : count === 1 ? 'Save 1 change' : `Save ${count} changes`),
  reset: 'Discard changes',
  saved: (count: number) => (count === 1 ? '1 rule is changed.' : `${count} rules are changed.`),
  others: 'Others changed rules meanwhile. What you entered still stands; look at it, then save.',
  change: (rule: string, was: string, is: string) => `${rule}: ${was} → ${is}`,
  unitOf: (rule: string) => `Unit: ${rule}`,
  units: { second: 'seconds', minute: 'minutes', hour: 'hours', day: 'days' },
  levels: { none: 'Nobody', LOW: 'Low risk', MEDIUM: 'Medium risk', 'LOW MEDIUM': 'Low and medium risk: everybody who may book' } as Record<
    string,
    string
  >,
  truths: { false: 'No', true: 'Yes' } as Record<string, string>,
  headings: {
    book: 'Who books, and when',
    leave: 'Cancelling and moving',
    keep: 'Places that are kept',
    approve: 'Approval and screening',
    visit: 'Around the visit',
  },
  rules: {
    notice_seconds: {
      label: 'Notice before a visit',
      says: (value) => `The last moment to book is ${value} before the start.`,
      none: 'A place can be booked until the visit starts.',
    },
    horizon_days: {
      label: 'Days ahead',
      says: (value) => `Visits can be booked up to ${value} days ahead.`,
      none: 'Visits can be booked however far ahead they are.',
    },
    max_party_size: {
      label: 'People at a visit',
      says: (value) => `At most ${value} people come to a visit, the applicant counted.`,
      none: 'There is no limit to how many people come.',
    },
    max_live_bookings: {
      label: 'Visits of an applicant at once',
      says: (value) => `With ${value} visits ahead, places on hold counted, an applicant cannot book another.`,
      none: 'An applicant can have any number of visits ahead.',
    },
    max_live_bookings_per_property: {
      label: 'Visits of an applicant to one home at once',
      says: (value) => `With ${value} visits to a home ahead, an applicant cannot book another there.`,
      none: 'An applicant can have any number of visits to one home ahead.',
    },
    cancellation_cutoff_seconds: {
      label: 'Last cancellation before a visit',
      says: (value) => `Applicants can cancel or move until ${value} before the start.`,
      none: 'Applicants can cancel or move until the visit starts.',
    },
    max_live_holds: {
      label: 'Places on hold at once',
      says: (value) => `An applicant can have ${value} on hold while deciding.`,
      none: 'Nothing can be put on hold.',
    },
    hold_seconds: { label: 'How long a hold lasts', says: (value) => `A place is kept for ${value}, then others can have it.`, none: '' },
    offer_seconds: {
      label: 'How long an offer lasts',
      says: (value) => `Who waited has ${value} to take a place that came free, then it is offered to the next.`,
      none: '',
    },
    approval_levels: {
      label: 'Whose bookings need approval',
      says: (value) => `An agent approves them before they are confirmed: ${value}. High risk cannot book.`,
      none: 'Each booking is confirmed at once. High risk cannot book.',
    },
    approval_seconds: {
      label: 'How long agents have to approve',
      says: (value) => `A request that nobody decided within ${value} expires, and the place comes free.`,
      none: '',
    },
    approval_before_start_seconds: {
      label: 'Latest approval before a visit',
      says: (value) => `A request expires ${value} before the start at the latest.`,
      none: 'A request can be decided until the visit starts.',
    },
    cancel_when_ineligible: {
      label: 'Cancel visits when a screening finds high risk',
      says: () => 'As soon as a screening finds high risk, the applicant’s visits are cancelled, and they are told.',
      none: 'Visits that are booked stay, whatever a screening finds later.',
    },
    buffer_seconds: {
      label: 'Time between two visits',
      says: (value) => `An agent has at least ${value} between two visits, for times offered from now on.`,
      none: 'An agent’s visits can follow one another without a pause.',
    },
    access_note_seconds: {
      label: 'When the access note is shown',
      says: (value) => `Applicants can read how to get in from ${value} before the start, until the end.`,
      none: 'Applicants can read how to get in from the start to the end.',
    },
  } satisfies Record<string, Rule>,
}
export default en
export type Words = typeof en
