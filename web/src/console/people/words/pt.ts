import type { Words } from './en'

const pt: Words = {
  title: 'Agentes',
  file: 'agentes',
  back: '← Todos os agentes',
  search: 'Nome ou e-mail',
  none: 'Não há nenhum agente assim.',
  comeBy: 'Aqui não se convida ninguém: os agentes entram com uma conta que indica esta agência e o seu papel.',
  more: 'Mostrar mais',
  you: 'É você',
  roles: { admin: 'Administrador', member: 'Membro' },
  shutOut: 'Excluído',
  noRole: 'Sem papel',
  noContact: 'Não se conhece forma de contacto.',
  contact: 'Contacto',
  email: 'E-mail',
  profile: 'O seu perfil',
  profileAdvice: (email) =>
    `Os candidatos veem o seu nome nas vagas e visitas, e o telefone com uma visita confirmada.${email ? ` O e-mail, ${email}, vem da sua conta.` : ''}`,
  fields: {
    name: { label: 'Nome', advice: 'Vazio, é o da sua conta, a partir da próxima entrada.' },
    phone: { label: 'Telefone', advice: 'Com o indicativo do país, como +351210000000.' },
    locale: { label: 'Língua e país', advice: 'Das mensagens para si, como pt-PT.' },
    photo_url: { label: 'Fotografia', advice: 'Um endereço que começa por https://.' },
  },
  save: 'Guardar',
  reset: 'Descartar alterações',
  saved: 'O seu perfil foi alterado.',
  ahead: 'O que vem',
  slots: (count, more, taken) =>
    count === 0
      ? 'Não há vagas por vir.'
      : `${more ? `Mais de ${count} vagas` : count === 1 ? '1 vaga' : `${count} vagas`} por vir${taken ? `; em ${taken} delas há lugares tomados` : ''}.`,
  next: 'A seguir:',
  absences: 'Tempos bloqueados e ausências',
  access: 'Acesso',
  removeAdvice: 'Quando alguém deixa a agência. Primeiro escolhe o que acontece às suas vagas.',
  remove: 'Excluir…',
  removing: (name) => `Excluir ${name}`,
  removeMeans: 'A partir de agora ninguém age como este agente, entre como entrar. Um administrador pode readmiti-lo.',
  handOver: 'Os colegas podem ficar com as suas vagas, com todas as visitas:',
  handOverFirst: 'Entregá-las primeiro',
  fate: 'As vagas que ainda tem',
  fateKeep: 'ficam, e podem continuar a ser marcadas',
  fateCancel: (taken) =>
    taken ? 'são todas canceladas, e avisa-se quem lá tem lugar; não se pode desfazer' : 'são todas canceladas; não se pode desfazer',
  removeIt: 'Excluir',
  removed: 'Foi excluído. As suas vagas ficam.',
  removedCancelled: 'Foi excluído, e as suas vagas foram canceladas.',
  restore: 'Readmitir',
  restoreAdvice: 'Está excluído. Readmitido, tem o papel que a sua conta lhe dá; as vagas canceladas ficam canceladas.',
  restored: 'Foi readmitido.',
  noRoleAdvice: 'A sua conta já não tem papel nesta agência. Quando o tiver, volta a ser agente ao entrar.',
}
export default pt
