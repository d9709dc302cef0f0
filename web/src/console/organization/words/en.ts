const en = {
  title: 'Agency',
  advice: 'What applicants and messages call you by, and how they reach you. What is left empty is not known.',
  membersRead: 'An admin of your agency changes this.',
  save: 'Save',
  reset: 'Discard changes',
  saved: 'What the agency says of itself is changed.',
  others: 'Others changed this meanwhile. What you entered still stands; look at it, then save.',
  empty: 'empty',
  such: (example: string) => `Such as ${example}.`,
  fields: {
    name: { label: 'Name', advice: 'As applicants read it.' },
    time_zone: { label: 'Time zone', advice: 'Of days and hours that have no home.' },
    locale: { label: 'Language and country', advice: 'Of messages to who has chosen none.' },
    email: { label: 'E-mail', advice: 'For questions.' },
    phone: { label: 'Phone', advice: 'With the country’s code.' },
    website: { label: 'Website', advice: 'Starts with https://.' },
    colour: { label: 'Colour', advice: 'Of messages. Texts stay legible, whatever it is.' },
    logo_url: { label: 'Logo', advice: 'A picture for messages, shown 36 pixels high.' },
    reply_to: { label: 'Answers go to', advice: 'Empty is to the e-mail above.' },
  },
}
export default en
export type Words = typeof en
