import type { Words } from './en'

const pt: Words = {
  title: 'As minhas visitas',
  none: 'Não há visitas marcadas.',
  advice: 'Escolha uma casa e uma hora livre.',
}
export default pt
