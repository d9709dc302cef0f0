import type { HTMLAttributes, ReactElement } from 'react'
import type { GetToken, Visit } from './visit-scheduler.js'

export interface VisitSchedulerProps extends HTMLAttributes<HTMLElement> {
  property: string | string[]
  service: string
  lang?: string
  theme?: 'light' | 'dark' | 'auto'
  images?: boolean
  getToken?: GetToken
  onSignInRequired?: () => void
  onBooked?: (visit: Visit) => void
  onMoved?: (visit: Visit) => void
  onCancelled?: (visit: Visit) => void
}

/** The element `<visit-scheduler>`; it is defined in the browser, after hydration. */
export function VisitScheduler(props: VisitSchedulerProps): ReactElement
