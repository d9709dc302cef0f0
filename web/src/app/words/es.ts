import type { Words } from './en'

const es: Words = {
  title: 'Visitas',
  signIn: 'Entrar',
  signOut: 'Salir',
  who: '¿Quién es?',
  people: 'Esta es la demostración. Elija una persona; abra otra ventana para ser otra.',
  role: { admin: 'Agente, administración', member: 'Agente', applicant: 'Solicitante' },
  email: 'Correo electrónico',
  password: 'Contraseña',
  sendCode: 'Enviarme un código en su lugar',
  code: 'Código del correo',
  codeSent: (email) => `Se ha enviado un código a ${email}.`,
  refused: 'No se ha podido entrar. Compruebe lo que ha escrito.',
  notConfigured: 'Todavía nadie puede entrar aquí: el operador debe definir BOOKING_WEB_SUPABASE_URL y BOOKING_WEB_SUPABASE_KEY.',
  nobody: 'Ha entrado, pero ninguna agencia le conoce aún. Después de la evaluación, vuelva y recargue esta página.',
  signedInAs: (name) => `Ha entrado como ${name}`,
  again: 'Entrar de nuevo',
  goesOn: (name) => `Su sesión ha terminado. Entre de nuevo como ${name}; lo que estaba haciendo queda como está.`,
  another: (name) => `Esa es otra persona. Entre como ${name}, o salga primero.`,
  toContent: 'Saltar al contenido',
  console: 'Agencia',
  mine: 'Mis visitas',
  language: 'Idioma',
  languages: { en: 'English', pt: 'Português', es: 'Español' },
}
export default es
