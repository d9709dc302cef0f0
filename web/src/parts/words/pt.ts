import type { Words } from './en'

const pt: Words = {
  close: 'Fechar',
  back: 'Voltar',
  undo: 'Anular',
  retry: 'Tentar de novo',
  waiting: 'A carregar',
  failed: 'Não foi possível carregar',
  offline: 'Está sem ligação.',
  noAnswer: 'O serviço não respondeu. Verifique a ligação e tente de novo.',
  unexpected: 'Algo correu mal nesta página. Recarregue-a e diga ao suporte o que fez.',
  reference: (id) => `Referência para o suporte: ${id}`,
  asOf: (time) => `Situação às ${time}`,
  news: 'Mostrar as novidades',
  doing: 'Em curso…',
}
export default pt
