import type { Words } from './en'

const pt: Words = {
  navigation: 'Ecrãs',
  screens: {
    today: 'Hoje',
    week: 'Semana',
    requests: 'Pedidos',
    'open-house': 'Visitas abertas',
    waitlists: 'Listas de espera',
    applicants: 'Candidatos',
    visits: 'Visita',
    schedules: 'Horários',
    figures: 'Números',
    rules: 'Regras',
    organization: 'Agência',
    notices: 'Mensagens',
    absences: 'Ausências',
    audit: 'Auditoria',
    properties: 'Imóveis',
    webhooks: 'Webhooks',
    people: 'Agentes',
  },
  groups: { day: 'O dia', people: 'Pessoas', planning: 'Planeamento', rules: 'Regras', outside: 'Exterior' },
  notFound: 'Este ecrã não existe.',
  adminsOnly: 'Só os administradores da sua agência veem isto.',
}
export default pt
