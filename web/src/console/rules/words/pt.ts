import type { Words } from './en'

const pt: Words = {
  title: 'Regras',
  where: 'Regras de',
  everywhere: 'Toda a agência',
  advice: 'Valem em cada imóvel sem regra própria, para tudo o que se decidir a partir de agora. Os prazos em curso continuam.',
  adviceHome: 'O que fica vazio é como na agência. Vale para tudo o que se decidir a partir de agora; os prazos em curso continuam.',
  membersRead: 'Quem as altera é um administrador da sua agência.',
  inherited: 'Como na agência',
  asAgency: (sentence) => `Como na agência: ${sentence}`,
  byDefault: 'Vazio, é o valor predefinido.',
  notSet: 'não definido',
  save: (count) => (count === 0 ? 'Guardar' : count === 1 ? 'Guardar 1 alteração' : `Guardar ${count} alterações`),
  reset: 'Descartar alterações',
  saved: (count) => (count === 1 ? '1 regra foi alterada.' : `${count} regras foram alteradas.`),
  others: 'Entretanto, outras pessoas alteraram regras. O que introduziu mantém-se; verifique e guarde.',
  change: (rule, was, is) => `${rule}: ${was} → ${is}`,
  unitOf: (rule) => `Unidade: ${rule}`,
  units: { second: 'segundos', minute: 'minutos', hour: 'horas', day: 'dias' },
  levels: { none: 'De ninguém', LOW: 'Risco baixo', MEDIUM: 'Risco médio', 'LOW MEDIUM': 'Risco baixo e médio: todos os que podem marcar' },
  truths: { false: 'Não', true: 'Sim' },
  headings: {
    book: 'Quem marca, e quando',
    leave: 'Cancelar e mudar',
    keep: 'Lugares guardados',
    approve: 'Aprovação e triagem',
    visit: 'À volta da visita',
  },
  rules: {
    notice_seconds: {
      label: 'Antecedência antes da visita',
      says: (value) => `Pode marcar-se, o mais tardar, ${value} antes do início.`,
      none: 'Pode marcar-se até ao início da visita.',
    },
    horizon_days: {
      label: 'Dias de avanço',
      says: (value) => `Podem marcar-se visitas até ${value} dias à frente.`,
      none: 'Podem marcar-se visitas por mais longe que estejam.',
    },
    max_party_size: {
      label: 'Pessoas numa visita',
      says: (value) => `Vêm no máximo ${value} pessoas a uma visita, contando o candidato.`,
      none: 'Não há limite de pessoas.',
    },
    max_live_bookings: {
      label: 'Visitas de um candidato ao mesmo tempo',
      says: (value) => `Com ${value} visitas por fazer, contando os lugares guardados, um candidato não pode marcar outra.`,
      none: 'Um candidato pode ter qualquer número de visitas por fazer.',
    },
    max_live_bookings_per_property: {
      label: 'Visitas de um candidato ao mesmo imóvel',
      says: (value) => `Com ${value} visitas por fazer a um imóvel, um candidato não pode marcar outra nele.`,
      none: 'Um candidato pode ter qualquer número de visitas por fazer a um imóvel.',
    },
    cancellation_cutoff_seconds: {
      label: 'Último cancelamento antes da visita',
      says: (value) => `Os candidatos podem cancelar ou mudar até ${value} antes do início.`,
      none: 'Os candidatos podem cancelar ou mudar até ao início da visita.',
    },
    max_live_holds: {
      label: 'Lugares guardados ao mesmo tempo',
      says: (value) => `Um candidato pode ter ${value} guardados enquanto decide.`,
      none: 'Não se pode guardar nenhum lugar.',
    },
    hold_seconds: {
      label: 'Quanto tempo se guarda um lugar',
      says: (value) => `Um lugar fica guardado ${value}; depois, outros podem tê-lo.`,
      none: '',
    },
    offer_seconds: {
      label: 'Duração de uma oferta',
      says: (value) => `Quem esperou tem ${value} para aceitar um lugar que vagou; depois é oferecido ao seguinte.`,
      none: '',
    },
    approval_levels: {
      label: 'Que marcações precisam de aprovação',
      says: (value) => `Um agente aprova-as antes de ficarem confirmadas: ${value}. Com risco alto não se pode marcar.`,
      none: 'Cada marcação fica logo confirmada. Com risco alto não se pode marcar.',
    },
    approval_seconds: {
      label: 'Prazo dos agentes para aprovar',
      says: (value) => `Um pedido que ninguém decida em ${value} expira, e o lugar fica livre.`,
      none: '',
    },
    approval_before_start_seconds: {
      label: 'Última aprovação antes da visita',
      says: (value) => `Um pedido expira, o mais tardar, ${value} antes do início.`,
      none: 'Um pedido pode ser decidido até ao início da visita.',
    },
    cancel_when_ineligible: {
      label: 'Cancelar visitas quando a triagem encontra risco alto',
      says: () => 'Assim que uma triagem encontra risco alto, as visitas do candidato são canceladas, e ele é avisado.',
      none: 'As visitas marcadas mantêm-se, encontre a triagem o que encontrar.',
    },
    buffer_seconds: {
      label: 'Tempo entre duas visitas',
      says: (value) => `Um agente tem pelo menos ${value} entre duas visitas, nas horas oferecidas a partir de agora.`,
      none: 'As visitas de um agente podem seguir-se sem pausa.',
    },
    access_note_seconds: {
      label: 'Quando se mostra a nota de acesso',
      says: (value) => `Os candidatos podem ler como entrar desde ${value} antes do início, até ao fim.`,
      none: 'Os candidatos podem ler como entrar desde o início até ao fim.',
    },
  },
}
export default pt
