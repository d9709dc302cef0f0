export {
  type ApplicantPerson,
  type Environment,
  Instance,
  type Mail,
  type MailsOf,
  Organization,
  type Person,
  type TokenOf,
} from './instance.js'
export type { Envelope, Screening } from './screenings.js'
export { connectInstance, StartedInstance, startInstance, type StartOptions } from './start.js'
