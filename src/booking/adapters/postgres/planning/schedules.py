"""Schedules in PostgreSQL. Their slots are written as those of batches are."""

from datetime import UTC, datetime
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.events import record
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.planning.rows import listed_occurrence_from, rules_to, schedule_from
from booking.adapters.postgres.properties.properties import lock_for_slots
from booking.adapters.postgres.rows import page_from
from booking.adapters.postgres.visits.slot_batches import locked, offer_slots
from booking.domain.authority import AgentRight, By
from booking.domain.events import Actor
from booking.domain.keys import Key
from booking.domain.paging import EPOCH, Page, Paging, Position, Window
from booking.domain.planning import events
from booking.domain.planning import plan as plans
from booking.domain.planning.agent_schedule import AgentSchedule, Occurrence, OccurrenceState, ScheduleChoice
from booking.domain.planning.plan import Draft, Plan
from booking.domain.visits.slot_batch import LARGEST_BATCH, Surroundings
from booking.service.ports import Lost

_RULES = ("time_zone", "slot_minutes", "gap_minutes", "capacity", "horizon_days", "since", "until")
_OF = ("organization_id", "id", "property_id", "agent_id", "created_at", "updated_at")
_DECIDED = ("occurrence", "start_time", "end_time", "state", "reason", "slot_id")
ADD = sql.query("schedules", "add", (*_OF, *_RULES, "rules", "due_at"))
ADD_OCCURRENCES = sql.query("schedules", "add_occurrences", ("organization_id", "schedule_id", *_DECIDED))
GET = sql.query("schedules", "get", ("organization_id", "id"))
OF_ORGANIZATION = sql.composed("schedules", "of_organization")
OCCURRENCES = sql.composed("schedules", "occurrences")


class PostgresSchedules:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def surroundings(self, draft: Draft, by: AgentRight) -> Surroundings:
        """Look under the locks under which slots are made. Why: the making looks by the same statements."""

        async def work(transaction: Transaction) -> Surroundings:
            return (await locked_draft(transaction, draft, by))[1]

        return await self._database.unit(work)

    async def add(self, draft: Draft, hash: str, due_at: datetime, by: AgentRight) -> AgentSchedule:
        of = draft.of

        async def work(transaction: Transaction) -> AgentSchedule:
            actor, known = await locked_draft(transaction, draft, by)
            plan = plans.decided(draft, known)
            if plan.hash != hash:
                raise Lost
            if of.property_id not in known.statuses:
                await lock_for_slots(transaction, of.organization_id, [of.property_id])
            await add_schedule(transaction, of, of.created_at if len(draft.slots) > LARGEST_BATCH else due_at, actor)
            await make(transaction, plan, known, actor)
            await keep(transaction, [(by, (of,))])
            return of

        return await self._database.unit(work)

    async def get(self, key: Key) -> AgentSchedule | None:
        rows = await self._database.fetch(GET, *key)
        return schedule_from(rows[0]) if rows else None

    async def of_organization(
        self, organization_id: UUID, chosen: ScheduleChoice, paging: Paging
    ) -> Page[AgentSchedule]:
        rows = await self._database.fetch(
            *OF_ORGANIZATION.given(
                organization_id=organization_id,
                property_id=chosen.property_id,
                agent_id=chosen.agent_id,
                slot_id=chosen.slot_id,
                after_id=paging.after and paging.after.id,
                most=paging.limit + 1,
            )
        )
        return page_from(rows, paging, schedule_from, lambda row: Position(EPOCH, row.id))

    async def occurrences(self, key: Key, window: Window, paging: Paging) -> Page[Occurrence]:
        rows = await self._database.fetch(
            *OCCURRENCES.given(
                organization_id=key[0],
                schedule_id=key[1],
                since=window.since,
                until=window.until,
                after=paging.after and paging.after.start_time.replace(tzinfo=None),
                most=paging.limit + 1,
            )
        )
        return page_from(
            rows,
            paging,
            listed_occurrence_from,
            lambda row: Position(row.occurrence.replace(tzinfo=UTC), row.schedule_id),
        )


async def add_schedule(transaction: Transaction, of: AgentSchedule, due_at: datetime, actor: Actor) -> None:
    told = (*(getattr(of, name) for name in _OF), *(getattr(of.schedule, name) for name in _RULES))
    await transaction.execute(ADD, *told, rules_to(of.schedule), due_at)
    await record(transaction, events.schedule_created(of, actor))


async def locked_draft(transaction: Transaction, draft: Draft, by: By) -> tuple[Actor, Surroundings]:
    """Lock all that a draft depends on; return the actor, and the surroundings."""
    of = draft.of
    return await locked(transaction, of.organization_id, {of.agent_id}, {of.property_id}, draft.wanted, by)


async def make(transaction: Transaction, plan: Plan, known: Surroundings, actor: Actor) -> None:
    """Save the first slots of a plan, and its occurrences, made or skipped."""
    of, first = plan.draft.of, plans.occurrences(plan)
    made = {one.slot_id for one in first}
    await offer_slots(transaction, [slot for slot in plan.draft.wanted.values() if slot.id in made], known, actor)
    if first:
        columns = zip(*([getattr(one, name) for name in _DECIDED] for one in first), strict=True)
        await transaction.execute(ADD_OCCURRENCES, *of.key, *columns)
    skipped = [one for one in first if one.state is OccurrenceState.SKIPPED]
    if skipped:
        await record(transaction, *(events.slot_skipped(of, one, actor) for one in skipped))
