import type { Words } from './en'

const es: Words = {
  title: 'Agentes',
  file: 'agentes',
  back: '← Todos los agentes',
  search: 'Nombre o correo',
  none: 'No hay ningún agente así.',
  comeBy: 'Aquí no se invita a nadie: los agentes entran con una cuenta que indica esta agencia y su función.',
  more: 'Mostrar más',
  you: 'Usted',
  roles: { admin: 'Administrador', member: 'Miembro' },
  shutOut: 'Excluido',
  noRole: 'Sin función',
  noContact: 'No se conoce forma de contacto.',
  contact: 'Contacto',
  email: 'Correo',
  profile: 'Su perfil',
  profileAdvice: (email) =>
    `Los solicitantes ven su nombre en los huecos y visitas, y su teléfono con una visita confirmada.${email ? ` Su correo, ${email}, viene de su cuenta.` : ''}`,
  fields: {
    name: { label: 'Nombre', advice: 'Vacío, es el de su cuenta, desde que entre la próxima vez.' },
    phone: { label: 'Teléfono', advice: 'Con el prefijo del país, como +351210000000.' },
    locale: { label: 'Idioma y país', advice: 'De los mensajes para usted, como es-ES.' },
    photo_url: { label: 'Foto', advice: 'Una dirección que empieza por https://.' },
  },
  save: 'Guardar',
  reset: 'Descartar cambios',
  saved: 'Se cambió su perfil.',
  ahead: 'Lo que viene',
  slots: (count, more, taken) =>
    count === 0
      ? 'No hay huecos por venir.'
      : `${more ? `Más de ${count} huecos` : count === 1 ? '1 hueco' : `${count} huecos`} por venir${taken ? `; en ${taken} de ellos hay plazas ocupadas` : ''}.`,
  next: 'El próximo:',
  absences: 'Tiempos bloqueados y ausencias',
  access: 'Acceso',
  removeAdvice: 'Cuando alguien deja la agencia. Antes elige qué pasa con sus huecos.',
  remove: 'Excluir…',
  removing: (name) => `Excluir a ${name}`,
  removeMeans: 'Desde ahora nadie actúa como este agente, entre como entre. Un administrador puede readmitirlo.',
  handOver: 'Los compañeros pueden quedarse con sus huecos, con todas las visitas:',
  handOverFirst: 'Entregarlos primero',
  fate: 'Los huecos que aún tiene',
  fateKeep: 'se quedan, y se pueden seguir reservando',
  fateCancel: (taken) =>
    taken ? 'se cancelan todos, y se avisa a quien tiene plaza; no se puede deshacer' : 'se cancelan todos; no se puede deshacer',
  removeIt: 'Excluir',
  removed: 'Queda excluido. Sus huecos se quedan.',
  removedCancelled: 'Queda excluido, y sus huecos se cancelaron.',
  restore: 'Readmitir',
  restoreAdvice: 'Está excluido. Readmitido, tiene la función que le da su cuenta; los huecos cancelados siguen cancelados.',
  restored: 'Queda readmitido.',
  noRoleAdvice: 'Su cuenta ya no tiene función en esta agencia. Cuando la tenga, vuelve a ser agente al entrar.',
}
export default es
