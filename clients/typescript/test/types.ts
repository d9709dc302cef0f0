// What the compiler accepts and refuses; never run.
import { type BookingStatus, clientOf, createBookingClient, type Slot, type SlotAction } from '../dist/index.js'
import { getSlot, listHolds } from '../dist/operations.js'

const client = createBookingClient()

export async function typed() {
  const { slot } = (await client.getSlot({ slot_id: 's' })).data
  const start: Date = slot.start_time
  const grown: SlotAction = 'levitate'
  // @ts-expect-error the states are complete
  const closed: BookingStatus = 'levitating'
  // @ts-expect-error a misspelt field
  await client.createBooking({ slot_id: 's', note: 'by bus' })
  // @ts-expect-error a parameter is missing
  client.each.listPropertySlots()
  // @ts-expect-error no list
  client.each.getSlot
  const free: Slot[] = (await client.listAvailability({ property_id: ['p'] })).data.slots
  const days: string[] = (await client.listAvailableDays({ property_id: ['p'] })).data.days.map((day) => day.date)
  // @ts-expect-error days have no cursor
  await client.listAvailableDays({ property_id: ['p'], cursor: 'c' })
  // @ts-expect-error no table
  client.table('listHolds')
  // @ts-expect-error all rows come at once
  client.table('listSlots', { cursor: 'c' })
  const table: string = (await client.table('listSlots', { sort: '-start' })).data
  const gone: void = (await client.cancelBooking({ booking_id: 'b' })).data
  const some = clientOf({ getSlot, listHolds })
  // @ts-expect-error not among them
  some.createBooking
  // @ts-expect-error it does not list what is free
  some.listAvailableDays
  for await (const hold of some.each.listHolds()) hold.expires_at.getTime()
  for await (const hold of client.each.listHolds()) hold.expires_at.getTime()
  return [start, grown, closed, free, days, table, gone, await client.getMe(), await client.putPolicy({})]
}
