import type { Words } from './en'

const es: Words = {
  navigation: 'Pantallas',
  screens: {
    today: 'Hoy',
    week: 'Semana',
    requests: 'Peticiones',
    'open-house': 'Puertas abiertas',
    waitlists: 'Listas de espera',
    applicants: 'Solicitantes',
    visits: 'Visita',
    schedules: 'Horarios',
    figures: 'Cifras',
    rules: 'Reglas',
    organization: 'Agencia',
    notices: 'Mensajes',
    absences: 'Ausencias',
    audit: 'Auditoría',
    properties: 'Inmuebles',
    webhooks: 'Webhooks',
    people: 'Agentes',
  },
  groups: { day: 'El día', people: 'Personas', planning: 'Planificación', rules: 'Reglas', outside: 'Exterior' },
  notFound: 'Esta pantalla no existe.',
  adminsOnly: 'Solo los administradores de su agencia ven esto.',
}
export default es
