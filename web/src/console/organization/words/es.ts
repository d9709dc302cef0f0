import type { Words } from './en'

const es: Words = {
  title: 'Agencia',
  advice: 'Cómo llaman a la agencia los solicitantes y los mensajes, y cómo se contacta con ella. Lo que queda vacío no se conoce.',
  membersRead: 'Lo cambia un administrador de su agencia.',
  save: 'Guardar',
  reset: 'Descartar cambios',
  saved: 'Se cambió lo que la agencia dice de sí.',
  others: 'Otras personas cambiaron esto mientras tanto. Lo que introdujo se mantiene; revíselo y guarde.',
  empty: 'vacío',
  such: (example) => `Por ejemplo ${example}.`,
  fields: {
    name: { label: 'Nombre', advice: 'Como lo leen los solicitantes.' },
    time_zone: { label: 'Zona horaria', advice: 'De días y horas que no son de un inmueble.' },
    locale: { label: 'Idioma y país', advice: 'De los mensajes a quien no ha elegido ninguno.' },
    email: { label: 'Correo', advice: 'Para preguntas.' },
    phone: { label: 'Teléfono', advice: 'Con el prefijo del país.' },
    website: { label: 'Sitio web', advice: 'Empieza por https://.' },
    colour: { label: 'Color', advice: 'De los mensajes. Los textos se leen con cualquier color.' },
    logo_url: { label: 'Logotipo', advice: 'Una imagen para los mensajes, de 36 píxeles de alto.' },
    reply_to: { label: 'Las respuestas van a', advice: 'Vacío, van al correo de arriba.' },
  },
}
export default es
