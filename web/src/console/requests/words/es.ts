import type { Words } from './en'

const es: Words = {
  title: 'Peticiones por aprobar',
  none: 'Nadie espera su aprobación.',
  advice: 'Las reglas dicen con qué riesgo una visita la necesita. Una petición aparece aquí en cuanto se hace.',
  all: 'Seleccionar todas',
  select: (name) => `Seleccionar la petición de ${name}`,
  chosen: (count) => (count === 1 ? '1 seleccionada' : `${count} seleccionadas`),
  open: 'Detalles',
  approve: (count) => `Aprobar ${count}`,
  decline: (count) => `Rechazar ${count}`,
  declining: (count) => (count === 1 ? '¿Rechazar esta petición?' : `¿Rechazar ${count} peticiones?`),
  declines: 'Se avisa a las personas, y las plazas pasan a quien espera o vuelven a ser públicas. No se puede deshacer.',
  approved: (count) => (count === 1 ? 'Una petición está aprobada.' : `${count} peticiones están aprobadas.`),
  declined: (count) => (count === 1 ? 'Una petición está rechazada.' : `${count} peticiones están rechazadas.`),
}
export default es
