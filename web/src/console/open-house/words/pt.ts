import type { Words } from './en'

const pt: Words = {
  title: 'Visitas abertas',
  none: 'Nenhuma visita aberta nos próximos 60 dias.',
  advice: 'Ofereça na semana uma hora com mais de um lugar e veja aqui quem vem.',
  taken: (taken, all) => `${taken} de ${all} lugares ocupados`,
  who: 'Quem vem',
  nobody: 'Ainda ninguém marcou.',
  nobodyAdvice: 'Quem marcar aparece logo aqui.',
  name: 'Nome',
  people: 'Pessoas',
  status: 'Estado',
  coming: 'Vem',
  yes: 'sim',
  notes: 'Notas',
  came: 'Veio',
  print: 'Imprimir',
  places: 'Lugares',
  set: 'Definir',
  setDone: 'O número de lugares mudou.',
  file: 'visita-aberta',
}
export default pt
