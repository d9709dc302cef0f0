import type { Words } from './en'

const pt: Words = {
  title: 'Hoje',
  none: 'Hoje não vem ninguém.',
  advice: 'Ofereça horas na semana e veja aqui quem vem.',
  people: (count) => (count === 1 ? '1 pessoa' : `${count} pessoas`),
  status: { confirmed: 'confirmada', pending_approval: 'aguarda aprovação' },
}
export default pt
