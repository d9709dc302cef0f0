"""Calendars of agents in PostgreSQL, and the blocks that are made of them."""

from collections.abc import Sequence
from datetime import datetime

from booking.adapters.ids import new_id
from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.events import record
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.planning.blocks import remove_blocks, save_blocks
from booking.adapters.postgres.rights import granted
from booking.adapters.postgres.visits.agent_times import LOCK_AGENT, add_block_times, lock_times, slots_met
from booking.domain.authority import AgentRight
from booking.domain.keys import Key
from booking.domain.planning import events
from booking.domain.planning.agent_calendar import EVERY, KEPT, WHOLE_AFTER, AgentCalendar, Busy, around, merged
from booking.domain.planning.block import Block
from booking.domain.planning.refusals import CalendarNotFound
from booking.service.planning.agent_calendars import DueCalendar, Reading, Validators
from booking.service.ports import Lease

_KEY = ("organization_id", "agent_id")
_HELD = ("url", "lease", "token")
LONGEST_TAG = 1024
LONGEST_DATE = 64

ADD = sql.query("agent_calendars", "add", (*_KEY, "url", "host"))
GET = sql.query("agent_calendars", "get", _KEY)
REMOVE = sql.query("agent_calendars", "remove", _KEY)
TAKE = sql.query("agent_calendars", "take", ("most", "every", "whole_after", "lease", "token"))
NOTE_READING = sql.query("agent_calendars", "note_reading", (*_KEY, *_HELD, "etag", "last_modified", "whole"))
NOTE_FAILURE = sql.query("agent_calendars", "note_failure", (*_KEY, *_HELD, "kept"))
BLOCKS = sql.query("blocks", "of_calendar", (*_KEY, "past"))


class PostgresAgentCalendars:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, agent: Key, encrypted: bytes, host: str, by: AgentRight) -> AgentCalendar:
        async def work(transaction: Transaction) -> AgentCalendar:
            actor = await lock_times(transaction, agent, by)
            await end_calendar(transaction, agent)
            (row,) = await transaction.fetch(ADD, *agent, encrypted, host)
            await record(transaction, events.calendar_set(*agent, actor))
            added = calendar_from(row)
            await keep(transaction, [(by, (added,))])
            return added

        return await self._database.unit(work)

    async def get(self, agent: Key) -> AgentCalendar | None:
        rows = await self._database.fetch(GET, *agent)
        return calendar_from(rows[0]) if rows else None

    async def remove(self, agent: Key, by: AgentRight) -> None:
        async def work(transaction: Transaction) -> None:
            actor = await granted(transaction, by)
            if not await end_calendar(transaction, agent):
                raise CalendarNotFound
            await record(transaction, events.calendar_removed(*agent, actor))
            await keep(transaction, [(by, ())])

        await self._database.unit(work)

    async def take(self, most: int, lease: Lease) -> Sequence[DueCalendar]:
        async def work(transaction: Transaction) -> Sequence[DueCalendar]:
            rows = await transaction.fetch(TAKE, most, EVERY, WHOLE_AFTER, lease.name, lease.token)
            return [
                DueCalendar(
                    (row.organization_id, row.agent_id), row.url, row.zone, Validators(row.etag, row.last_modified)
                )
                for row in rows
            ]

        return await self._database.unit(work)

    async def apply(self, calendar: DueCalendar, reading: Reading, lease: Lease) -> None:
        etag, last_modified = reading.validators
        known = (
            etag if etag and len(etag) <= LONGEST_TAG else None,
            last_modified if last_modified and len(last_modified) <= LONGEST_DATE else None,
        )

        async def work(transaction: Transaction) -> None:
            await transaction.first(LOCK_AGENT, *calendar.key)
            held = calendar.encrypted, lease.name, lease.token
            noted = await transaction.first(NOTE_READING, *calendar.key, *held, *known, reading.busy is not None)
            if noted is not None:
                await _follow(transaction, calendar.key, reading.busy, noted.at)

        await self._database.unit(work)

    async def fail(self, calendar: DueCalendar, lease: Lease) -> None:
        async def work(transaction: Transaction) -> None:
            held = calendar.encrypted, lease.name, lease.token
            if await transaction.value(NOTE_FAILURE, *calendar.key, *held, KEPT):
                await _remove_all(transaction, calendar.key)
                await record(transaction, events.calendar_unreadable(*calendar.key))

        await self._database.unit(work)


async def end_calendar(transaction: Transaction, agent: Key) -> bool:
    """Remove the calendar of an agent, and its blocks; return whether there was one."""
    removed = await transaction.first(REMOVE, *agent)
    await _remove_all(transaction, agent)
    return removed is not None


async def _remove_all(transaction: Transaction, agent: Key) -> None:
    await remove_blocks(transaction, agent, [row.id for row in await transaction.fetch(BLOCKS, *agent, True)])


async def _follow(transaction: Transaction, agent: Key, busy: Sequence[Busy] | None, at: datetime) -> None:
    """Make the blocks be what the calendar says; where it has not changed, slots may have."""
    rows = await transaction.fetch(BLOCKS, *agent, False)
    were = {(Busy(row.start_time, row.end_time), row.free): row.id for row in rows}
    busy = merged(one for one, _ in were) if busy is None else busy
    slots = await slots_met(transaction, agent, at, busy[-1].end_time) if busy else []
    parts = around(busy, slots)
    await remove_blocks(transaction, agent, [were[gone] for gone in were.keys() - set(parts)])
    new = [(_block(agent, one, at), free) for one, free in parts if (one, free) not in were]
    await save_blocks(transaction, [block for block, _ in new])
    await add_block_times(transaction, [block for block, free in new if free])
    if not all(free for _, free in new):
        await record(transaction, events.calendar_conflicting(*agent))


def _block(agent: Key, busy: Busy, at: datetime) -> Block:
    return Block(
        organization_id=agent[0],
        id=new_id(),
        agent_id=agent[1],
        start_time=busy.start_time,
        end_time=busy.end_time,
        reason=None,
        of_calendar=True,
        created_at=at,
    )


def calendar_from(row: Row) -> AgentCalendar:
    return AgentCalendar(
        organization_id=row.organization_id,
        agent_id=row.agent_id,
        host=row.host,
        read_at=row.read_at,
        failing_since=row.failing_since,
        created_at=row.created_at,
    )
