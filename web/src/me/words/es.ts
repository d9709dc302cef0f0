import type { Words } from './en'

const es: Words = {
  title: 'Mis visitas',
  none: 'No hay visitas reservadas.',
  advice: 'Elija una vivienda y una hora libre.',
}
export default es
