"""Withdrawals of properties in PostgreSQL."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.events import record
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.planning.jobs import add_job
from booking.adapters.postgres.planning.rows import schedule_from
from booking.adapters.postgres.properties.properties import lock_for_slots
from booking.adapters.postgres.rights import granted
from booking.adapters.postgres.visits.rosters.locks import with_claims
from booking.adapters.postgres.visits.rosters.rows import empty_from
from booking.adapters.postgres.visits.rows import slot_from
from booking.domain.authority import AgentRight
from booking.domain.keys import Key
from booking.domain.planning.change_plan import ChangePlan
from booking.domain.planning.events import schedule_ended
from booking.domain.planning.job import Job
from booking.domain.properties import events
from booking.domain.visits.roster import Roster
from booking.domain.visits.slot import Slot

MARK = sql.query("withdrawals", "mark", ("organization_id", "property_id", "since"))
COUNT_CHANGE = sql.query("withdrawals", "count_change", ("organization_id", "property_id"))
STOP_SCHEDULES = sql.query("withdrawals", "stop_schedules", ("organization_id", "property_id"))
UNMARK = sql.query("withdrawals", "unmark", ("organization_id", "property_id"))
COMING = sql.composed("withdrawals", "coming")


class PostgresWithdrawals:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def withdraw(
        self,
        property: Key,
        since: datetime,
        by: AgentRight,
        look: Callable[[Sequence[Roster]], ChangePlan],
        start: Callable[[ChangePlan], Job] | None,
    ) -> tuple[ChangePlan, Job | None]:
        """Under the property's lock, which slots are offered under, too."""

        async def work(transaction: Transaction) -> tuple[ChangePlan, Job | None]:
            actor = await granted(transaction, by)
            await lock_for_slots(transaction, property[0], [property[1]])
            if start is not None:
                await transaction.execute(MARK, *property, since)
                await transaction.execute(COUNT_CHANGE, *property)
                stopped = await transaction.fetch(STOP_SCHEDULES, *property)
                ended = [schedule_ended(schedule_from(row), actor) for row in stopped]
                await record(transaction, events.property_withdrawn(*property, actor), *ended)
            rows = await transaction.fetch(*_coming(property, since=since))
            empty = [empty_from(row, actor) for row in rows]
            rosters = await with_claims(transaction, {roster.slot.key: roster for roster in empty})
            plan = look(list(rosters.values()))
            if start is None:
                return plan, None
            job = await add_job(transaction, start(plan))
            await keep(transaction, [(by, (plan, job))])
            return plan, job

        return await self._database.unit(work)

    async def restore(self, property: Key, by: AgentRight) -> None:
        async def work(transaction: Transaction) -> None:
            actor = await granted(transaction, by)
            await lock_for_slots(transaction, property[0], [property[1]])
            if await transaction.fetch(UNMARK, *property):
                await transaction.execute(COUNT_CHANGE, *property)
                await record(transaction, events.property_restored(*property, actor))
            await keep(transaction, [(by, ())])

        await self._database.unit(work)

    async def ending(self, property: Key, most: int) -> Sequence[Slot]:
        return [slot_from(row) for row in await self._database.fetch(*_coming(property, most=most))]


def _coming(property: Key, *, since: datetime | None = None, most: int | None = None) -> tuple[Any, ...]:
    """Return the question for slots from a time on, or else from where on the property is withdrawn."""
    organization_id, property_id = property
    return COMING.given(
        organization_id=organization_id, property_id=property_id, since=since, marked=since is None or None, most=most
    )
