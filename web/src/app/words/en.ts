const en = {
  title: 'Visits',
  signIn: 'Sign in',
  signOut: 'Sign out',
  who: 'Who are you?',
  people: 'This is the demo. Choose a person; open a second window to play another side.',
  role: { admin: 'Agent, administrator', member: 'Agent', applicant: 'Applicant' },
  email: 'E-mail',
  password: 'Password',
  sendCode: 'Send me a code instead',
  code: 'Code from the e-mail',
  codeSent: (email: string) => `A code was sent to ${email}.`,
  refused: 'This sign-in was refused. Check what you entered.',
  notConfigured: 'Nobody can sign in here yet: the operator has to set BOOKING_WEB_SUPABASE_URL and BOOKING_WEB_SUPABASE_KEY.',
  nobody: 'You are signed in, and no agency knows you yet. Once you have been screened, come back and reload this page.',
  signedInAs: (name: string) => `Signed in as ${name}`,
  toContent: 'Skip to content',
  console: 'Agency',
  mine: 'My visits',
  language: 'Language',
  languages: { en: 'English', pt: 'Português', es: 'Español' },
}
export default en
export type Words = typeof en
