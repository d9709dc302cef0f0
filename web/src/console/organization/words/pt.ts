import type { Words } from './en'

const pt: Words = {
  title: 'Agência',
  advice: 'Como os candidatos e as mensagens tratam a agência, e como se entra em contacto com ela. O que fica vazio não é conhecido.',
  membersRead: 'Quem altera isto é um administrador da sua agência.',
  save: 'Guardar',
  reset: 'Descartar alterações',
  saved: 'O que a agência diz de si foi alterado.',
  others: 'Entretanto, outras pessoas alteraram isto. O que introduziu mantém-se; verifique e guarde.',
  empty: 'vazio',
  such: (example) => `Por exemplo ${example}.`,
  fields: {
    name: { label: 'Nome', advice: 'Como os candidatos o leem.' },
    time_zone: { label: 'Fuso horário', advice: 'De dias e horas que não são de um imóvel.' },
    locale: { label: 'Língua e país', advice: 'Das mensagens a quem não escolheu nenhuma.' },
    email: { label: 'E-mail', advice: 'Para perguntas.' },
    phone: { label: 'Telefone', advice: 'Com o indicativo do país.' },
    website: { label: 'Sítio web', advice: 'Começa por https://.' },
    colour: { label: 'Cor', advice: 'Das mensagens. Os textos ficam legíveis com qualquer cor.' },
    logo_url: { label: 'Logótipo', advice: 'Uma imagem para as mensagens, com 36 píxeis de altura.' },
    reply_to: { label: 'As respostas vão para', advice: 'Vazio, vão para o e-mail acima.' },
  },
}
export default pt
