import type { Words } from './en'

const pt: Words = {
  kinds: {
    requested: 'Pedido',
    confirmed: 'Confirmação',
    declined: 'Recusa',
    expired: 'Pedido expirado',
    moved: 'Mudança',
    cancelled: 'Cancelamento',
    offer_made: 'Oferta de um lugar',
    offer_ending: 'Oferta prestes a acabar',
    waitlist_closed: 'Lista de espera fechada',
    reminder: 'Lembrete',
    attendance_confirmed: 'Vem à visita',
    unanswered: 'Ainda sem resposta',
    released: 'Lugar cedido',
    place_freed: 'Lugar livre',
    outcome_unknown: 'Talvez não contactado por telefone',
    links: 'Ligações para a visita',
    slots_withdrawn: 'Horas retiradas',
    slots_skipped: 'Horas omitidas por um horário',
    calendar_conflict: 'Conflito com um calendário',
    calendar_unreadable: 'Calendário ilegível',
    agent_day: 'As visitas do dia',
    webhook_failing: 'Webhook com falhas',
    webhook_disabled: 'Webhook desativado',
  },
  recipients: { applicant: 'Candidato', agent: 'Agente', organization: 'Agência' },
  channels: { email: 'E-mail', sms: 'SMS', whatsapp: 'WhatsApp' },
}
export default pt
