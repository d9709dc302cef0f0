"""Times of agents in PostgreSQL: the only place where a slot's time is written, or a block's.

The table `agent_times` holds slots and blocks of an agent apart by one constraint (ADR 87). Whoever makes a slot calls
`lock_times` (or locks many agents) and `add_slots`; whoever ends some, `end_times`. A booking changes nothing here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Transaction
from booking.adapters.postgres.rights import Granting, Roles, agents_granting
from booking.domain.authority import AgentRight, acts
from booking.domain.events import Actor, Appointment
from booking.domain.keys import Key
from booking.domain.people.refusals import AgentNotFound
from booking.domain.planning.block import Block
from booking.domain.visits.slot import Slot
from booking.service.ports import Lost

ADDED = (
    "organization_id",
    "id",
    "property_id",
    "agent_id",
    "start_time",
    "end_time",
    "busy_until",
    "capacity",
    "created_at",
    "updated_at",
)
_STRETCH = ("organization_id", "agent_id", "start_time", "end_time")
LOCK_AGENT = sql.query("slots", "lock_agent", ("organization_id", "id"))
ADD_SLOTS = sql.query("agent_times", "add_slots", ADDED)
ADD_SLOT = sql.query("agent_times", "add_slot", ("organization_id", "agent_id", "id", "start_time", "end_time"))
END = sql.query("agent_times", "end", ("organization_id", "agent_id", "id", "kind"))
FORGET_FORMER = sql.query("agent_times", "forget_former", _STRETCH)
BRING_IN = sql.query("agent_times", "bring_in", _STRETCH)
SLOTS_MET = sql.query("agent_times", "slots_met", (*_STRETCH, "most"))
ADD_BLOCKS = sql.query("agent_times", "add_blocks", ("organization_id", "agent_id", "id", "start_time", "end_time"))


class _Owned(Protocol):
    """Slot or block of an agent."""

    @property
    def organization_id(self) -> UUID: ...
    @property
    def agent_id(self) -> UUID: ...
    @property
    def id(self) -> UUID: ...


async def lock_times(transaction: Transaction, of: Key, by: AgentRight) -> Actor:
    """Lock the agent whose times change against others who change them, and the right's agent; by their ids, as all do.

    AgentNotFound for an agent without a role.
    """
    agents: dict[Key, Roles] = {}
    for key in sorted({of, by.key}):
        if key == of:
            row = await transaction.first(LOCK_AGENT, *key)
            agents |= {key: (row.claimed_role, row.provisioned_role)} if row else {}
        else:
            agents |= await agents_granting(transaction, [by])
    actor = Granting(agents, {}).actor(by)
    if of not in agents or not acts(*agents[of]):
        raise AgentNotFound
    return actor


async def add_slots(transaction: Transaction, slots: Sequence[Slot]) -> None:
    """Save new slots with their times; Lost if one overlaps another, or a block of its agent."""
    columns = zip(*([getattr(slot, name) for name in ADDED] for slot in slots), strict=True)
    if len(await transaction.fetch(ADD_SLOTS, *columns)) < len(slots):
        raise Lost


async def end_times(transaction: Transaction, kind: Literal["slot", "block"], ended: Sequence[_Owned]) -> None:
    """Let go of the times of slots, or of blocks."""
    if ended:
        columns = zip(*((one.organization_id, one.agent_id, one.id) for one in ended), strict=True)
        await transaction.execute(END, *columns, kind)


async def move_times(transaction: Transaction, was: Slot, slot: Slot) -> None:
    """Save the time of a slot that moves, for its agent; Lost if a block is there. Both agents are locked."""
    await end_times(transaction, "slot", [was])
    if await transaction.value(ADD_SLOT, *(getattr(slot, name) for name in ADD_SLOT.inputs)) is None:
        raise Lost


async def slots_met(
    transaction: Transaction, agent: Key, start_time: datetime, end_time: datetime, most: int | None = None
) -> Sequence[Appointment]:
    """Return the live slots of an agent that a time meets, by their start, and bring their times up to date.

    Why: processes of an older version write slots without their times. The agent is locked.
    """
    stretch = *agent, start_time, end_time
    await transaction.execute(FORGET_FORMER, *stretch)
    await transaction.execute(BRING_IN, *stretch)
    return [
        Appointment(
            slot_id=row.id,
            property_id=row.property_id,
            agent_id=row.agent_id,
            start_time=row.start_time,
            end_time=row.end_time,
        )
        for row in await transaction.fetch(SLOTS_MET, *stretch, most)
    ]


async def add_block_times(transaction: Transaction, blocks: Sequence[Block]) -> None:
    """Save the times of blocks, as far as they were ahead when they were made; Lost if a slot is there."""
    if blocks:
        rows = [(*one.agent, one.id, one.ahead_from, one.end_time) for one in blocks]
        if len(await transaction.fetch(ADD_BLOCKS, *zip(*rows, strict=True))) < len(blocks):
            raise Lost
