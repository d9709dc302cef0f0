"""Blocks of agents: made and removed by themselves, or by an admin."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from booking.domain.authority import AgentRight
from booking.domain.keys import Key
from booking.domain.paging import Page, Paging, Window
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import AgentNotFound, WrongRole
from booking.domain.planning.block import Block
from booking.service.people.agents import Colleagues
from booking.service.ports import Clock, NewId
from booking.service.retrying import retry_when_lost


class Blocks(Protocol):
    async def add(self, block: Block, by: AgentRight) -> None:
        """Save a block; BlockOverlapsSlots where its agent has live slots; AgentNotFound. Lost if one came between."""

    async def of_agent(self, agent: Key, window: Window, paging: Paging) -> Page[Block]:
        """Return the blocks of an agent that the window touches, by their start."""

    async def remove(self, agent: Key, block_id: UUID, by: AgentRight) -> None:
        """Remove a block of an agent; BlockNotFound, or BlockOfCalendar."""


@dataclass(frozen=True, slots=True)
class BlockService:
    blocks: Blocks
    colleagues: Colleagues
    now: Clock
    new_id: NewId

    async def create(
        self, caller: Caller, agent_id: UUID, start_time: datetime, end_time: datetime, reason: str | None
    ) -> Block:
        """Block an own time, or a colleague's as an admin."""
        organization_id, _ = whose(caller, agent_id)
        block = Block.make(
            id=self.new_id(),
            organization_id=organization_id,
            agent_id=agent_id,
            start_time=start_time,
            end_time=end_time,
            reason=reason,
            at=await self.now(),
        )
        by = caller.keeping(caller.acting_as_agent(agent_id), lambda: block)
        await retry_when_lost(lambda: self.blocks.add(block, by))
        return block

    async def list(self, caller: Caller, agent_id: UUID, *, window: Window, paging: Paging) -> Page[Block]:
        agent = whose(caller, agent_id)
        if await self.colleagues.get(agent) is None:
            raise AgentNotFound
        return await self.blocks.of_agent(agent, window, paging)

    async def remove(self, caller: Caller, agent_id: UUID, block_id: UUID) -> None:
        agent = whose(caller, agent_id)
        await self.blocks.remove(agent, block_id, caller.keeping(caller.acting_as_agent(agent_id), lambda: None))


def whose(caller: Caller, agent_id: UUID) -> Key:
    """Return the agent whose times the caller may see and change; WrongRole for a colleague without the admin role."""
    organization_id = caller.as_agent().organization_id
    if not caller.manages(organization_id, agent_id):
        raise WrongRole("only an admin may see or change what a colleague has blocked")
    return organization_id, agent_id
