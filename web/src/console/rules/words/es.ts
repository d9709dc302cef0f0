import type { Words } from './en'

const es: Words = {
  title: 'Reglas',
  where: 'Reglas de',
  everywhere: 'Toda la agencia',
  advice: 'Valen en cada inmueble sin regla propia, para todo lo que se decida desde ahora. Los plazos en curso siguen.',
  adviceHome: 'Lo que queda vacío es como en la agencia. Vale para todo lo que se decida desde ahora; los plazos en curso siguen.',
  membersRead: 'Las cambia un administrador de su agencia.',
  inherited: 'Como en la agencia',
  asAgency: (sentence) => `Como en la agencia: ${sentence}`,
  byDefault: 'Vacío, es el valor predeterminado.',
  notSet: 'sin definir',
  save: (count) => (count === 0 ? 'Guardar' : count === 1 ? 'Guardar 1 cambio' : `Guardar ${count} cambios`),
  reset: 'Descartar cambios',
  saved: (count) => (count === 1 ? 'Se cambió 1 regla.' : `Se cambiaron ${count} reglas.`),
  others: 'Otras personas cambiaron reglas mientras tanto. Lo que introdujo se mantiene; revíselo y guarde.',
  change: (rule, was, is) => `${rule}: ${was} → ${is}`,
  unitOf: (rule) => `Unidad: ${rule}`,
  units: { second: 'segundos', minute: 'minutos', hour: 'horas', day: 'días' },
  levels: {
    none: 'De nadie',
    LOW: 'Riesgo bajo',
    MEDIUM: 'Riesgo medio',
    'LOW MEDIUM': 'Riesgo bajo y medio: todos los que pueden reservar',
  },
  truths: { false: 'No', true: 'Sí' },
  headings: {
    book: 'Quién reserva, y cuándo',
    leave: 'Cancelar y cambiar',
    keep: 'Plazas guardadas',
    approve: 'Aprobación y evaluación',
    visit: 'Alrededor de la visita',
  },
  rules: {
    notice_seconds: {
      label: 'Antelación antes de la visita',
      says: (value) => `Se puede reservar, como muy tarde, ${value} antes del inicio.`,
      none: 'Se puede reservar hasta que empieza la visita.',
    },
    horizon_days: {
      label: 'Días de adelanto',
      says: (value) => `Se pueden reservar visitas hasta ${value} días por delante.`,
      none: 'Se pueden reservar visitas por lejos que estén.',
    },
    max_party_size: {
      label: 'Personas en una visita',
      says: (value) => `A una visita vienen como máximo ${value} personas, contando al solicitante.`,
      none: 'No hay límite de personas.',
    },
    max_live_bookings: {
      label: 'Visitas de un solicitante a la vez',
      says: (value) => `Con ${value} visitas pendientes, contando las plazas retenidas, un solicitante no puede reservar otra.`,
      none: 'Un solicitante puede tener cualquier número de visitas pendientes.',
    },
    max_live_bookings_per_property: {
      label: 'Visitas de un solicitante al mismo inmueble',
      says: (value) => `Con ${value} visitas pendientes a un inmueble, un solicitante no puede reservar otra en él.`,
      none: 'Un solicitante puede tener cualquier número de visitas pendientes a un inmueble.',
    },
    cancellation_cutoff_seconds: {
      label: 'Última cancelación antes de la visita',
      says: (value) => `Los solicitantes pueden cancelar o cambiar hasta ${value} antes del inicio.`,
      none: 'Los solicitantes pueden cancelar o cambiar hasta que empieza la visita.',
    },
    max_live_holds: {
      label: 'Plazas retenidas a la vez',
      says: (value) => `Un solicitante puede tener ${value} retenidas mientras decide.`,
      none: 'No se puede retener ninguna plaza.',
    },
    hold_seconds: {
      label: 'Duración de una retención',
      says: (value) => `Una plaza se guarda ${value}; después pueden tenerla otros.`,
      none: '',
    },
    offer_seconds: {
      label: 'Duración de una oferta',
      says: (value) => `Quien esperó tiene ${value} para aceptar una plaza que quedó libre; después se ofrece al siguiente.`,
      none: '',
    },
    approval_levels: {
      label: 'Qué reservas necesitan aprobación',
      says: (value) => `Un agente las aprueba antes de quedar confirmadas: ${value}. Con riesgo alto no se puede reservar.`,
      none: 'Cada reserva queda confirmada al momento. Con riesgo alto no se puede reservar.',
    },
    approval_seconds: {
      label: 'Plazo de los agentes para aprobar',
      says: (value) => `Una solicitud que nadie decida en ${value} caduca, y la plaza queda libre.`,
      none: '',
    },
    approval_before_start_seconds: {
      label: 'Última aprobación antes de la visita',
      says: (value) => `Una solicitud caduca, como muy tarde, ${value} antes del inicio.`,
      none: 'Una solicitud puede decidirse hasta que empieza la visita.',
    },
    cancel_when_ineligible: {
      label: 'Cancelar visitas cuando la evaluación halla riesgo alto',
      says: () => 'En cuanto una evaluación halla riesgo alto, se cancelan las visitas del solicitante, y se le avisa.',
      none: 'Las visitas reservadas se mantienen, halle lo que halle la evaluación.',
    },
    buffer_seconds: {
      label: 'Tiempo entre dos visitas',
      says: (value) => `Un agente tiene al menos ${value} entre dos visitas, en las horas ofrecidas desde ahora.`,
      none: 'Las visitas de un agente pueden seguirse sin pausa.',
    },
    access_note_seconds: {
      label: 'Cuándo se muestra la nota de acceso',
      says: (value) => `Los solicitantes pueden leer cómo entrar desde ${value} antes del inicio, hasta el final.`,
      none: 'Los solicitantes pueden leer cómo entrar desde el inicio hasta el final.',
    },
  },
}
export default es
