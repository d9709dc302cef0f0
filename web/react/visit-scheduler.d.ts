/** Gives the token of who is signed in, a new one where the service has refused the last; nothing where nobody is. */
export type GetToken = (asked: { refresh: boolean }) => Promise<string | null | undefined> | string | null | undefined

/** A visit, as the API has it. */
export interface Visit {
  id: string
  slot_id: string
  property_id: string
  status: 'pending_approval' | 'confirmed' | 'cancelled_by_applicant'
  start_time: Date
  end_time: Date
}

export class VisitScheduler extends HTMLElement {
  property: string
  service: string
  theme: 'light' | 'dark' | 'auto'
  images: boolean
  getToken: GetToken | undefined
}

declare global {
  interface HTMLElementTagNameMap {
    'visit-scheduler': VisitScheduler
  }
}
