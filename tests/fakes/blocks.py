"""Blocks in memory."""

from dataclasses import dataclass
from uuid import UUID

from booking.domain.authority import AgentRight, acts
from booking.domain.events import Appointment
from booking.domain.keys import Key
from booking.domain.paging import Page, Paging, Window
from booking.domain.people.refusals import AgentNotFound
from booking.domain.planning import events
from booking.domain.planning.block import MOST_NAMED, Block
from booking.domain.planning.refusals import BlockNotFound, BlockOfCalendar, BlockOverlapsSlots
from booking.domain.values import replace
from booking.domain.visits.slot import Slot
from tests.fakes.state import State, page_of


@dataclass(frozen=True, slots=True)
class MemoryBlocks:
    state: State

    async def add(self, block: Block, by: AgentRight) -> None:
        actor, row = self.state.actor(by), self.state.agent(block.agent)
        if row is None or not acts(*row.roles):
            raise AgentNotFound
        met = [slot for slot in self.state.slots.values() if not slot.cancelled and meet(block, slot)]
        if met:
            met.sort(key=lambda slot: (slot.start_time, slot.id))
            raise BlockOverlapsSlots([_appointment(slot) for slot in met[:MOST_NAMED]])
        self.state.blocks[block.organization_id, block.id] = block
        self.state.record(events.block_created(*block.agent, actor))

    async def of_agent(self, agent: Key, window: Window, paging: Paging) -> Page[Block]:
        found = (
            replace(block, conflict=any(meet(block, slot) and not slot.cancelled for slot in self.state.slots.values()))
            for block in self.state.blocks.values()
            if block.agent == agent
            and (window.since is None or block.end_time > window.since)
            and (window.until is None or block.start_time < window.until)
        )
        return page_of(found, lambda block: (block.start_time, block.id), Window(), paging)

    async def remove(self, agent: Key, block_id: UUID, by: AgentRight) -> None:
        actor, block = self.state.actor(by), self.state.blocks.get((agent[0], block_id))
        if block is None or block.agent != agent:
            raise BlockNotFound
        if block.of_calendar:
            raise BlockOfCalendar
        del self.state.blocks[agent[0], block_id]
        self.state.record(events.block_deleted(*agent, actor))


def blocked(state: State, slot: Slot) -> bool:
    free = {key for row in state.agent_calendars.values() for key in row.free}
    return any(meet(one, slot) and (not one.of_calendar or key in free) for key, one in state.blocks.items())


def meet(block: Block, slot: Slot) -> bool:
    whose = slot.organization_id, slot.agent_id
    return block.agent == whose and slot.start_time < block.end_time and block.ahead_from < slot.end_time


def _appointment(slot: Slot) -> Appointment:
    return Appointment(
        slot_id=slot.id,
        property_id=slot.property_id,
        agent_id=slot.agent_id,
        start_time=slot.start_time,
        end_time=slot.end_time,
    )
