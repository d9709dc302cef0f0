import type { Words } from './en'

const es: Words = {
  title: 'Puertas abiertas',
  none: 'Ninguna jornada de puertas abiertas en los próximos 60 días.',
  advice: 'Ofrezca en la semana una hora con más de una plaza y vea aquí quién viene.',
  taken: (taken, all) => `${taken} de ${all} plazas ocupadas`,
  who: 'Quién viene',
  nobody: 'Nadie ha reservado aún.',
  nobodyAdvice: 'Quien reserva aparece aquí al momento.',
  name: 'Nombre',
  people: 'Personas',
  status: 'Estado',
  coming: 'Viene',
  yes: 'sí',
  notes: 'Notas',
  came: 'Vino',
  print: 'Imprimir',
  places: 'Plazas',
  set: 'Fijar',
  setDone: 'El número de plazas ha cambiado.',
  file: 'puertas-abiertas',
}
export default es
