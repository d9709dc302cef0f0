import type { TemplateResult } from 'lit'
import type { Session } from '../app/session'

/** A screen of the console, at `/app/<name>`, and what lies below it: `/app/<name>/<rest>`. */
export interface Screen {
  name: string
  /** In the navigation, under this heading; without, it is reached from other screens only. */
  group?: 'day' | 'people' | 'planning' | 'rules' | 'outside'
  /** For administrators alone: the service refuses it to others. */
  admin?: true
  /** Loads the screen and says how it is rendered. */
  load: () => Promise<(session: Session, rest: string) => TemplateResult>
}

/** In the order of the navigation. The first one is at `/app` itself. */
export const screens: readonly Screen[] = [
  { name: 'today', group: 'day', load: async () => (await import('./today/screen')).render },
  { name: 'week', group: 'day', load: async () => (await import('./week/screen')).render },
  { name: 'requests', group: 'day', load: async () => (await import('./requests/screen')).render },
  { name: 'open-house', group: 'day', load: async () => (await import('./open-house/screen')).render },
  { name: 'waitlists', group: 'day', load: async () => (await import('./waitlists/screen')).render },
  { name: 'applicants', group: 'people', load: async () => (await import('./applicants/screen')).render },
  { name: 'people', group: 'people', load: async () => (await import('./people/screen')).render },
  { name: 'visits', load: async () => (await import('./visits/screen')).render },
  { name: 'properties', group: 'planning', load: async () => (await import('./properties/screen')).render },
  { name: 'schedules', group: 'planning', load: async () => (await import('./schedules/screen')).render },
  { name: 'figures', group: 'outside', load: async () => (await import('./figures/screen')).render },
  { name: 'rules', group: 'rules', load: async () => (await import('./rules/screen')).render },
  { name: 'organization', group: 'rules', load: async () => (await import('./organization/screen')).render },
  { name: 'notices', group: 'rules', load: async () => (await import('./notices/screen')).render },
  { name: 'absences', group: 'planning', load: async () => (await import('./absences/screen')).render },
  { name: 'audit', group: 'outside', admin: true, load: async () => (await import('./audit/screen')).render },
  { name: 'webhooks', group: 'outside', admin: true, load: async () => (await import('./webhooks/screen')).render },
]
