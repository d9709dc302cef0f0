import type { Words } from './en'

const es: Words = {
  title: 'Listas de espera',
  none: 'Nadie espera una plaza.',
  advice: 'Los solicitantes pueden esperar donde una hora está completa. Una plaza que queda libre se ofrece al primero.',
  position: (position) => `número ${position}`,
  until: (moment) => `puede reservar hasta ${moment}`,
  slot: 'Quién viene, y plazas',
  count: (count) => (count === 1 ? '1 espera' : `${count} esperan`),
  skipped: (reason) => ({ applicant_ineligible: 'no puede reservar', slot_cancelled: 'la hora se canceló' })[reason] ?? reason,
  file: 'listas-de-espera',
}
export default es
