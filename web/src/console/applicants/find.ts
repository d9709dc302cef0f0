import type { Applicant, BookingClient } from '@estate-os/booking'

/** One applicant: by the e-mail in a visit or in a waitlist of theirs, or else among all; null where there is none. */
export async function findApplicant(client: BookingClient, id: string, signal: AbortSignal): Promise<Applicant | null> {
  const { bookings } = (await client.listBookings({ applicant_id: id, as: 'agent', limit: 1 }, { signal })).data
  const email = bookings[0]?.applicant?.email
  for await (const one of client.each.listApplicants({ ...(email && { q: email }), limit: 100 }, { signal })) if (one.id === id) return one
  return null
}
