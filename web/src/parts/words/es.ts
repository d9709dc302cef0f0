import type { Words } from './en'

const es: Words = {
  close: 'Cerrar',
  back: 'Volver',
  undo: 'Deshacer',
  retry: 'Intentar de nuevo',
  waiting: 'Cargando',
  failed: 'No se ha podido cargar',
  offline: 'Sin conexión.',
  noAnswer: 'El servicio no ha respondido. Compruebe la conexión e inténtelo de nuevo.',
  unexpected: 'Algo ha fallado en esta página. Vuelva a cargarla y diga al soporte qué ha hecho.',
  reference: (id) => `Referencia para el soporte: ${id}`,
  asOf: (time) => `Situación a las ${time}`,
  news: 'Mostrar las novedades',
  doing: 'En curso…',
}
export default es
