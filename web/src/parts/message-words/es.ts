import type { Words } from './en'

const es: Words = {
  kinds: {
    requested: 'Petición',
    confirmed: 'Confirmación',
    declined: 'Rechazo',
    expired: 'Petición caducada',
    moved: 'Cambio de hora',
    cancelled: 'Cancelación',
    offer_made: 'Oferta de una plaza',
    offer_ending: 'Oferta a punto de acabar',
    waitlist_closed: 'Lista de espera cerrada',
    reminder: 'Recordatorio',
    attendance_confirmed: 'Viene a la visita',
    unanswered: 'Aún sin respuesta',
    released: 'Plaza cedida',
    place_freed: 'Plaza libre',
    outcome_unknown: 'Quizá no avisado por teléfono',
    links: 'Enlaces a la visita',
    slots_withdrawn: 'Horas retiradas',
    slots_skipped: 'Horas omitidas por un horario',
    calendar_conflict: 'Choque con un calendario',
    calendar_unreadable: 'Calendario ilegible',
    agent_day: 'Las visitas del día',
    webhook_failing: 'Webhook con fallos',
    webhook_disabled: 'Webhook desactivado',
  },
  recipients: { applicant: 'Solicitante', agent: 'Agente', organization: 'Agencia' },
  channels: { email: 'Correo', sms: 'SMS', whatsapp: 'WhatsApp' },
}
export default es
