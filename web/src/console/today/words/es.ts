import type { Words } from './en'

const es: Words = {
  title: 'Hoy',
  none: 'Hoy no viene nadie.',
  advice: 'Ofrezca horas en la semana y vea aquí quién viene.',
  people: (count) => (count === 1 ? '1 persona' : `${count} personas`),
  status: { confirmed: 'confirmada', pending_approval: 'espera aprobación' },
}
export default es
