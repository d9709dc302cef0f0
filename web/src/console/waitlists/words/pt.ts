import type { Words } from './en'

const pt: Words = {
  title: 'Listas de espera',
  none: 'Ninguém espera por um lugar.',
  advice: 'Os candidatos podem esperar onde uma hora está cheia. Um lugar que fica livre é oferecido ao primeiro.',
  position: (position) => `número ${position}`,
  until: (moment) => `pode marcar até ${moment}`,
  slot: 'Quem vem, e lugares',
  count: (count) => (count === 1 ? '1 espera' : `${count} esperam`),
  skipped: (reason) => ({ applicant_ineligible: 'não pode marcar', slot_cancelled: 'a hora foi cancelada' })[reason] ?? reason,
  file: 'listas-de-espera',
}
export default pt
