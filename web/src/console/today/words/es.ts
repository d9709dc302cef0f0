import type { Words } from './en'

const es: Words = {
  title: 'Hoy',
  before: 'El día anterior',
  after: 'El día siguiente',
  noneThen: 'Ese día no viene nadie.',
  when: { now: 'ahora', next: 'a continuación' },
  came: (count, all) => `Han venido ${count} de ${all}`,
  coming: 'dice que viene',
  outcomes: { attended: 'Vino', no_show: 'No vino' },
  outcomeOf: (name) => `¿Vino ${name}?`,
  recorded: (name, outcome) => `${name}: ${outcome}`,
  approve: (name) => `Aprobar la petición de ${name}`,
  approved: (name) => `La petición de ${name} está aprobada.`,
  allRequests: 'Todas las peticiones',
  none: 'Hoy no viene nadie.',
  advice: 'Ofrezca horas en la semana y vea aquí quién viene.',
  people: (count) => (count === 1 ? '1 persona' : `${count} personas`),
  status: { confirmed: 'confirmada', pending_approval: 'espera aprobación' },
}
export default es
