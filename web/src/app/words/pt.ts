import type { Words } from './en'

const pt: Words = {
  title: 'Visitas',
  signIn: 'Entrar',
  signOut: 'Sair',
  who: 'Quem é?',
  people: 'Esta é a demonstração. Escolha uma pessoa; abra uma segunda janela para ser outra.',
  role: { admin: 'Agente, administração', member: 'Agente', applicant: 'Candidato' },
  email: 'E-mail',
  password: 'Palavra-passe',
  sendCode: 'Enviar-me antes um código',
  code: 'Código do e-mail',
  codeSent: (email) => `Foi enviado um código para ${email}.`,
  refused: 'A entrada foi recusada. Verifique o que escreveu.',
  notConfigured: 'Ainda ninguém pode entrar aqui: o operador tem de definir BOOKING_WEB_SUPABASE_URL e BOOKING_WEB_SUPABASE_KEY.',
  nobody: 'Entrou, mas nenhuma agência o conhece ainda. Depois da triagem, volte e recarregue esta página.',
  signedInAs: (name) => `Entrou como ${name}`,
  again: 'Entrar de novo',
  goesOn: (name) => `A sua sessão terminou. Entre de novo como ${name}; o que estava a fazer fica como está.`,
  another: (name) => `Essa é outra pessoa. Entre como ${name}, ou saia primeiro.`,
  toContent: 'Saltar para o conteúdo',
  console: 'Agência',
  mine: 'As minhas visitas',
  language: 'Língua',
  languages: { en: 'English', pt: 'Português', es: 'Español' },
}
export default pt
