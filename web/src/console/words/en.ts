const en = {
  navigation: 'Screens',
  screens: {
    today: 'Today',
    week: 'Week',
    requests: 'Requests',
    'open-house': 'Open houses',
    waitlists: 'Waitlists',
    applicants: 'Applicants',
    visits: 'Visit',
    schedules: 'Schedules',
    figures: 'Figures',
    rules: 'Rules',
    organization: 'Agency',
    notices: 'Messages',
    absences: 'Absences',
    audit: 'Audit',
    properties: 'Homes',
    webhooks: 'Webhooks',
    people: 'Agents',
  } as Record<string, string>,
  groups: { day: 'The day', people: 'People', planning: 'Planning', rules: 'Rules', outside: 'Outside' },
  notFound: 'There is no such screen.',
  adminsOnly: 'Only administrators of your agency see this.',
}
export default en
export type Words = typeof en
