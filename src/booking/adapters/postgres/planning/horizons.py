"""Horizons of schedules in PostgreSQL, and the check of their slots after an update of the zones' rules."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from booking import time_zones
from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.events import record
from booking.adapters.postgres.planning.rows import schedule_from
from booking.adapters.postgres.planning.schedules import locked_draft, make
from booking.domain.events import CLOCK
from booking.domain.keys import Key
from booking.domain.people.refusals import AgentNotFound
from booking.domain.planning import events
from booking.domain.planning import plan as plans
from booking.domain.planning.agent_schedule import AgentSchedule
from booking.domain.planning.local_time import instant_of
from booking.domain.planning.plan import Draft
from booking.domain.properties.refusals import PropertyArchived
from booking.domain.visits.slot_batch import LARGEST_BATCH
from booking.service.ports import Lease

_KEY = ("organization_id", "id")
TAKE_DUE = sql.query("schedules", "take_due", ("lease", "token"))
DECIDED_ON = sql.query("schedules", "decided_on", ("organization_id", "schedule_id"))
LOCK = sql.query("schedules", "lock", (*_KEY, "version"))
SET_DUE = sql.query("schedules", "set_due", (*_KEY, "due_at"))
END = sql.query("schedules", "end", _KEY)
WAKE_OF_AGENT = sql.query("schedules", "wake_of_agent", ("organization_id", "agent_id"))
COMING = sql.query("schedules", "coming")


class Displaced(NamedTuple):
    """Slot that begins at another local time than its schedule says, by the zones' rules of now."""

    schedule_id: UUID
    slot_id: UUID
    time_zone: str
    occurrence: datetime
    start_time: datetime


class PostgresHorizons:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def take_due(self, lease: Lease) -> Sequence[AgentSchedule]:
        return [schedule_from(row) for row in await self._database.write(TAKE_DUE, *lease)]

    async def decided_on(self, key: Key) -> Collection[datetime]:
        return {row.occurrence for row in await self._database.fetch(DECIDED_ON, *key)}

    async def fill(self, draft: Draft, due_at: datetime) -> None:
        of = draft.of

        async def work(transaction: Transaction) -> None:
            actor, known = await locked_draft(transaction, draft, CLOCK)
            if await transaction.first(LOCK, *of.key, of.version) is None:
                return
            again_at = of.created_at if len(draft.slots) > LARGEST_BATCH else due_at
            try:
                plan = plans.decided(draft, known)
            except AgentNotFound:
                await transaction.execute(END, *of.key)
                await record(transaction, events.schedule_ended(of, actor))
            except PropertyArchived:
                await transaction.execute(SET_DUE, *of.key, due_at)
            else:
                await make(transaction, plan, known, actor)
                await transaction.execute(SET_DUE, *of.key, again_at)

        await self._database.unit(work)

    async def displaced(self) -> Sequence[Displaced]:
        """Return the slots to come whose local time is another one by the zones' rules of now."""
        return [
            Displaced(row.schedule_id, row.slot_id, row.time_zone, row.occurrence, row.start_time)
            for row in await self._database.fetch(COMING)
            if instant_of(row.occurrence, time_zones.zone(row.time_zone)).at != row.start_time
        ]


async def wake_schedules(transaction: Transaction, agent: Key) -> None:
    """Have the schedules of an agent looked at: they end if the agent has no role any more."""
    await transaction.execute(WAKE_OF_AGENT, *agent)
