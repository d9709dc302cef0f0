const en = {
  title: 'My visits',
  none: 'No visit is booked.',
  advice: 'Choose a home, and a time that is free.',
}
export default en
export type Words = typeof en
