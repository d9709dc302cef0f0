import type { Words } from './en'

const pt: Words = {
  title: 'Pedidos por aprovar',
  none: 'Ninguém espera pela sua aprovação.',
  advice: 'As regras dizem com que risco uma visita precisa dela. Um pedido aparece aqui logo que é feito.',
  all: 'Selecionar todos',
  select: (name) => `Selecionar o pedido de ${name}`,
  chosen: (count) => (count === 1 ? '1 selecionado' : `${count} selecionados`),
  open: 'Detalhes',
  approve: (count) => `Aprovar ${count}`,
  decline: (count) => `Recusar ${count}`,
  declining: (count) => (count === 1 ? 'Recusar este pedido?' : `Recusar ${count} pedidos?`),
  declines: 'As pessoas são informadas, e os lugares passam a quem espera ou voltam a ser públicos. Não se pode desfazer.',
  approved: (count) => (count === 1 ? 'Um pedido está aprovado.' : `${count} pedidos estão aprovados.`),
  declined: (count) => (count === 1 ? 'Um pedido está recusado.' : `${count} pedidos estão recusados.`),
}
export default pt
