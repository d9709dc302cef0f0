import type { Words } from './en'

const pt: Words = {
  title: 'Hoje',
  before: 'O dia anterior',
  after: 'O dia seguinte',
  noneThen: 'Neste dia não vem ninguém.',
  when: { now: 'agora', next: 'a seguir' },
  came: (count, all) => `Vieram ${count} de ${all}`,
  coming: 'diz que vem',
  outcomes: { attended: 'Veio', no_show: 'Não veio' },
  outcomeOf: (name) => `${name} veio?`,
  recorded: (name, outcome) => `${name}: ${outcome}`,
  approve: (name) => `Aprovar o pedido de ${name}`,
  approved: (name) => `O pedido de ${name} está aprovado.`,
  allRequests: 'Todos os pedidos',
  none: 'Hoje não vem ninguém.',
  advice: 'Ofereça horas na semana e veja aqui quem vem.',
  people: (count) => (count === 1 ? '1 pessoa' : `${count} pessoas`),
  status: { confirmed: 'confirmada', pending_approval: 'aguarda aprovação' },
}
export default pt
