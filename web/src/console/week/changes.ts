import type { Block, BookingClient, ChangePlan, Slot } from '@estate-os/booking'
import { tell } from '../../parts/tell'
import { hoursOf, momentOf } from '../../parts/times'
import type { SlotEntry } from './entries'
import { words } from './words'

/** Whether a plan concerns anybody. */
export const concerns = ({ slots }: ChangePlan): boolean => slots.some(({ claims, waitlist }) => claims.length + waitlist.length > 0)

/** Ask what a move would do. */
export async function planMove(client: BookingClient, slot: Slot, start_time: Date): Promise<ChangePlan> {
  return (await client.moveSlot({ slot_id: slot.id, start_time, dry_run: true })).data.plan
}

/** Move a slot by the plan that was looked at, and tell, with a way back. */
export async function move(client: BookingClient, slot: Slot, start_time: Date, hash: string, zone: string): Promise<void> {
  await client.moveSlot({ slot_id: slot.id, start_time, hash })
  tell({
    text: words.moved(momentOf(start_time, zone)),
    undo: () => client.moveSlot({ slot_id: slot.id, start_time: slot.start_time }),
  })
}

/**
 * Put a slot of another length in the place of one that nobody has anything in, and return its id; the old one comes back where
 * that is refused.
 */
export async function replace(client: BookingClient, { slot }: SlotEntry, start_time: Date, end_time: Date, zone: string) {
  const offer = (start: Date, end: Date) =>
    client.createSlot({
      property_id: slot.property_id,
      start_time: start,
      end_time: end,
      capacity: slot.capacity,
      ...(slot.agent_id && { agent_id: slot.agent_id }),
    })
  await client.cancelSlot({ slot_id: slot.id })
  try {
    const { data } = await offer(start_time, end_time)
    tell({
      text: words.resized(hoursOf(start_time, end_time, zone)),
      undo: async () => {
        await client.cancelSlot({ slot_id: data.slot.id })
        await offer(slot.start_time, slot.end_time)
      },
    })
    return data.slot.id
  } catch (error) {
    await offer(slot.start_time, slot.end_time)
    throw error
  }
}

/** Block a time, and tell, with a way back. */
export async function blockTime(client: BookingClient, agent_id: string, from: Date, to: Date, reason: string | null): Promise<void> {
  const { data } = await client.createBlock({ agent_id, from, to, reason })
  tell({ text: words.blocked, undo: () => client.deleteBlock({ agent_id, block_id: data.block.id }) })
}

/** Remove a block, and tell, with a way back. */
export async function unblock(client: BookingClient, { id, agent_id, from, to, reason, source }: Block): Promise<void> {
  await client.deleteBlock({ agent_id, block_id: id })
  const again = () => client.createBlock({ agent_id, from, to, reason })
  tell({ text: words.unblocked, ...(source === 'agent' && { undo: again }) })
}
