const en = {
  title: 'Agents',
  file: 'agents',
  back: '← All agents',
  search: 'Name or e-mail',
  none: 'There is no such agent.',
  comeBy: 'Nobody is invited here: agents come by signing in with an account that names this agency and their role.',
  more: 'Show more',
  you: 'You',
  roles: { admin: 'Administrator', member: 'Member' } as Record<string, string>,
  shutOut: 'Shut out',
  noRole: 'Without a role',
  noContact: 'No way to reach them is known.',
  contact: 'Contact',
  email: 'E-mail',
  profile: 'Your profile',
  profileAdvice: (email: string | null) =>
    `Applicants see your name with slots and visits, and your phone with a confirmed visit.${email ? ` Your e-mail, ${email}, comes from your account.` : ''}`,
  fields: {
    name: { label: 'Name', advice: 'Left empty, it is the one of your account, from your next sign-in on.' },
    phone: { label: 'Phone', advice: 'With the country’s code, such as +351210000000.' },
    locale: { label: 'Language and country', advice: 'Of messages to you, such as pt-PT.' },
    photo_url: { label: 'Photo', advice: 'An address that starts with https://.' },
  },
  save: 'Save',
  reset: 'Discard changes',
  saved: 'Your profile is changed.',
  ahead: 'Ahead',
  slots: (count: number, more: boolean, taken: number) =>
    count === 0
      ? 'No slots are ahead.'
      : `${more ? `More than ${count} slots are` : count === 1 ? '1 slot is' : `${count} slots are`} ahead${taken ? `; ${taken === 1 ? 'somebody has a place in 1 of them' : `people have places in ${taken} of them`}` : ''}.`,
  next: 'Next:',
  absences: 'Blocked times and absences',
  access: 'Access',
  removeAdvice: 'When somebody leaves the agency. You choose first what becomes of their slots.',
  remove: 'Shut out…',
  removing: (name: string) => `Shut ${name} out`,
  removeMeans: 'From now on nobody acts as this agent, however they sign in. An admin can let them in again.',
  handOver: 'Colleagues can take their slots, with all visits there:',
  handOverFirst: 'Hand them over first',
  fate: 'Slots that they still have',
  fateKeep: 'stay, and can be booked on',
  fateCancel: (taken: number): string =>
    taken ? 'are all cancelled, and who has a place there is told; that cannot be undone' : 'are all cancelled; that cannot be undone',
  removeIt: 'Shut them out',
  removed: 'They are shut out. Their slots stay.',
  removedCancelled: 'They are shut out, and their slots are cancelled.',
  restore: 'Let in again',
  restoreAdvice:
    'They are shut out. Let in again, they have the role that their account gives them; slots that were cancelled stay cancelled.',
  restored: 'They are let in again.',
  noRoleAdvice: 'Their account has no role in this agency any more. Once it has one, they are an agent again by signing in.',
}
export default en
export type Words = typeof en
