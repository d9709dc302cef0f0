/** What shows the screens of the applicant's page besides the first one, each loaded when it is first wanted. */
export const screens = {
  visit: () => import('./visits/my-visit'),
  find: () => import('./find/find-home'),
  home: () => import('./find/one-home'),
  settings: () => import('./settings/my-settings'),
}

/** Which of them a path shows, such as `/app/me/find`; undefined for the first one. */
export function screenOf(path: string): keyof typeof screens | undefined {
  const [, , , name = '', id = ''] = path.split('/')
  if (name === 'find') return id ? 'home' : 'find'
  if (name === 'visits') return 'visit'
  return name === 'settings' ? 'settings' : undefined
}
