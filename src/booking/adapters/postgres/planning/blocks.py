"""Blocks of agents in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.events import record
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.rights import granted
from booking.adapters.postgres.rows import page_from, page_inputs
from booking.adapters.postgres.visits.agent_times import add_block_times, end_times, lock_times, slots_met
from booking.domain.authority import AgentRight
from booking.domain.keys import Key
from booking.domain.paging import Page, Paging, Window
from booking.domain.planning import events
from booking.domain.planning.block import MOST_NAMED, Block
from booking.domain.planning.refusals import BlockNotFound, BlockOfCalendar, BlockOverlapsSlots

ADDED = (
    *("organization_id", "id", "agent_id", "start_time", "end_time", "reason"),
    *("of_calendar", "of_absence", "created_at"),
)
ADD = sql.query("blocks", "add", ADDED)
OF_AGENT = sql.composed("blocks", "of_agent")
REMOVE = sql.query("blocks", "remove", ("organization_id", "agent_id", "ids"))
END = sql.query("blocks", "end", ("organization_id", "agent_id"))


class PostgresBlocks:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, block: Block, by: AgentRight) -> None:
        async def work(transaction: Transaction) -> None:
            actor = await lock_times(transaction, block.agent, by)
            await add_block(transaction, block)
            await record(transaction, events.block_created(*block.agent, actor))
            await keep(transaction, [(by, ())])

        await self._database.unit(work)

    async def of_agent(self, agent: Key, window: Window, paging: Paging) -> Page[Block]:
        organization_id, agent_id = agent
        asked = OF_AGENT.given(organization_id=organization_id, agent_id=agent_id, **page_inputs(window, paging))
        return page_from(await self._database.fetch(*asked), paging, block_from)

    async def remove(self, agent: Key, block_id: UUID, by: AgentRight) -> None:
        async def work(transaction: Transaction) -> None:
            actor = await granted(transaction, by)
            removed = await remove_blocks(transaction, agent, [block_id])
            if not removed:
                raise BlockNotFound
            if removed[0].of_calendar:
                raise BlockOfCalendar
            await record(transaction, events.block_deleted(*agent, actor))
            await keep(transaction, [(by, ())])

        await self._database.unit(work)


async def add_block(transaction: Transaction, block: Block) -> None:
    """Save a block with its time; BlockOverlapsSlots. The agent's times are locked (`lock_times`)."""
    if slots := await slots_met(transaction, block.agent, block.ahead_from, block.end_time, MOST_NAMED):
        raise BlockOverlapsSlots(slots)
    await save_blocks(transaction, [block])
    await add_block_times(transaction, [block])


async def save_blocks(transaction: Transaction, blocks: Sequence[Block]) -> None:
    """Save blocks without their times."""
    if blocks:
        rows = ([getattr(block, name) for name in ADDED] for block in blocks)
        await transaction.execute(ADD, *zip(*rows, strict=True))


async def remove_blocks(transaction: Transaction, agent: Key, ids: Sequence[UUID]) -> Sequence[Row]:
    """Remove blocks of an agent with their times, and return their rows."""
    removed = await transaction.fetch(REMOVE, *agent, ids)
    await end_times(transaction, "block", removed)
    return removed


async def end_blocks(transaction: Transaction, agent: Key) -> None:
    """Delete all blocks of an agent, with their reasons."""
    await transaction.execute(END, *agent)


def block_from(row: Row) -> Block:
    return Block(
        organization_id=row.organization_id,
        id=row.id,
        agent_id=row.agent_id,
        start_time=row.start_time,
        end_time=row.end_time,
        reason=row.reason,
        of_calendar=row.of_calendar,
        of_absence=row.of_absence,
        conflict=row.conflict,
        created_at=row.created_at,
    )
