// The whole of a visit, against an instance of its own: list, hold, book, be too late, move, cancel, approve, hear.
import assert from 'node:assert/strict'
import { SlotTaken, type Slot } from '@estate-os/booking'
import { startInstance } from '@estate-os/booking/testing'

const instance = await startInstance()
try {
  const agency = instance.organization()
  const { client: agent } = await agency.admin()
  const [ada, grace] = await Promise.all([agency.applicant(), agency.applicant({ risk_level: 'MEDIUM' })])
  const property_id = crypto.randomUUID()
  const start = Date.now() + 86_400_000
  for (const hour of [0, 1, 2]) {
    const [start_time, end_time] = [0, 30].map((minute) => new Date(start + (hour * 60 + minute) * 60_000)) as [Date, Date]
    await agent.createSlot({ property_id, start_time, end_time })
  }

  const slots: Slot[] = []
  for await (const slot of ada.client.each.listPropertySlots({ property_id, limit: 2 })) slots.push(slot)
  const [first, second, third] = slots as [Slot, Slot, Slot]
  const { hold } = (await ada.client.createHold({ slot_id: first.id })).data
  assert(hold.expires_at > new Date())
  const { data: { booking }, location } = await ada.client.createBooking({ slot_id: first.id, hold_id: hold.id, notes: 'by bus' })
  assert.equal(location, `/api/v1/bookings/${booking.id}`)

  const late = await grace.client.createBooking({ slot_id: first.id }).catch((error: unknown) => error)
  assert(late instanceof SlotTaken)
  assert.deepEqual(late.alternatives.map((slot) => slot.id), [second.id, third.id])

  const moved = await ada.client.rescheduleBooking({ booking_id: booking.id, slot_id: second.id }, { requestId: 'a-move' })
  assert.equal(moved.data.booking.start_time.getTime(), second.start_time.getTime())
  await ada.client.cancelBooking({ booking_id: booking.id, reason: 'a cold' })

  await agent.updatePolicy((now) => ({ approval_levels: [...now.approval_levels, 'MEDIUM'] }))
  const asked = (await grace.client.createBooking({ slot_id: third.id })).data.booking
  assert.equal(asked.status, 'pending_approval')
  assert.equal((await agent.approveBooking({ booking_id: asked.id })).data.booking.status, 'confirmed')

  const { data } = await agent.listAudit({ request_id: 'a-move', wait: 2 })
  assert.deepEqual(data.events.map((event) => event.type), ['booking.rescheduled'])

  const heard = ada.client.follow({ after: null, types: ['booking.rescheduled', 'booking.cancelled'] })
  for await (const event of heard) {
    assert.equal(event.data.booking_id, booking.id)
    if (event.type === 'booking.cancelled') break
  }
  const rest = await ada.client.listEvents({ after: heard.position!, types: ['booking.cancelled'] })
  assert.deepEqual(rest.data.events, [])
} finally {
  await instance.stop()
}
