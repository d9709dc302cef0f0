"""Changes of schedules in PostgreSQL: under the locks of agents, property, schedule and slots, in that order."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.events import record
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.planning.horizons import SET_DUE
from booking.adapters.postgres.planning.jobs import add_job, advance
from booking.adapters.postgres.planning.rows import occurrence_from, rules_to, schedule_from
from booking.adapters.postgres.planning.schedules import add_schedule, make
from booking.adapters.postgres.planning.slot_changes import decided
from booking.adapters.postgres.properties.properties import lock_known
from booking.adapters.postgres.rights import Granting
from booking.adapters.postgres.visits.rosters.locks import locked, with_claims
from booking.adapters.postgres.visits.rosters.rows import empty_from
from booking.adapters.postgres.visits.rosters.writes import save
from booking.adapters.postgres.visits.rows import slot_from
from booking.adapters.postgres.visits.slot_batches import LOCK_AGENTS, offer_slots, surroundings
from booking.domain.authority import AgentRight, acts
from booking.domain.events import Actor
from booking.domain.planning import events
from booking.domain.planning.agent_schedule import AgentSchedule, Occurrence, OccurrenceState
from booking.domain.planning.job import Job
from booking.domain.planning.refusals import ScheduleChanging
from booking.domain.planning.schedule_change import Coming, Decision, Found, Target
from booking.domain.values import replace
from booking.domain.visits.roster import Roster
from booking.domain.visits.slot_batch import LARGEST_BATCH
from booking.service.planning.schedule_changes import DecideChange, MakeDraft
from booking.service.planning.slot_changes import DecideSlots, Span
from booking.service.ports import Lost

_OF = ("organization_id", "schedule_id")
AGENTS_OF = sql.query("schedule_changes", "agents_of", _OF)
LOCK = sql.query("schedule_changes", "lock", ("organization_id", "id"))
CHANGING = sql.query("schedule_changes", "changing", _OF)
COMING = sql.composed("schedule_changes", "coming")
SLOTS_OF = sql.query("schedule_changes", "slots_of", ("organization_id", "ids"))
_TERMS = ("slot_minutes", "gap_minutes", "capacity", "horizon_days", "until")
_KEPT = ("ended_at", "updated_at", "version")
_DECIDED = ("occurrence", "start_time", "end_time", "state", "reason", "slot_id")
CHANGE = sql.query("schedule_changes", "change", ("organization_id", "id", "rules", *_TERMS, *_KEPT, "due_at"))
WRITE = sql.query("schedule_changes", "write_occurrences", (*_OF, *_DECIDED))
RELEASE = sql.query("schedule_changes", "release", (*_OF, "slot_ids"))
LEAVE_TO_JOB = sql.query("schedule_changes", "leave_to_job", (*_OF, "slot_ids", "job_id"))
OF_JOB = sql.query("schedule_changes", "of_job", (*_OF, "job_id", "most"))


class PostgresScheduleChanges:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def change(
        self,
        of: AgentSchedule,
        target: Target,
        decide: DecideChange,
        by: AgentRight,
        *,
        dry: bool,
        draft: MakeDraft | None = None,
    ) -> Decision:
        async def work(transaction: Transaction) -> Decision:
            actor, found = await _found(transaction, of, target, by, draft)
            decision = decide(found)
            if not dry:
                await _save(transaction, found, decision, actor)
                await keep(transaction, [(by, (decision,))])
            return decision

        return await self._database.unit(work)

    async def step(self, job: Job, decide: DecideSlots, most: int) -> int:
        of = job.organization_id, UUID(job.input["schedule_id"])

        async def work(transaction: Transaction) -> int:
            slots = [slot_from(row) for row in await transaction.fetch(OF_JOB, *of, job.id, most)]
            if slots:
                changes, failures = await decided(transaction, slots, decide, job.by, agents=(), within=Span.of(slots))
                await save(transaction, *zip(*changes, strict=True))
                await transaction.execute(LEAVE_TO_JOB, *of, [slot.id for slot in slots], None)
                if "waking" in job.input:
                    gone = [now.slot.id for was, now in changes if now.slot.cancelled and not was.slot.cancelled]
                    await transaction.execute(RELEASE, *of, gone)
                await advance(transaction, job, len(slots), failures)
            elif "waking" in job.input:
                await transaction.execute(SET_DUE, of[0], UUID(job.input["waking"]), job.created_at)
            return len(slots)

        return await self._database.unit(work)


async def _found(
    transaction: Transaction, of: AgentSchedule, target: Target, by: AgentRight, draft: MakeDraft | None
) -> tuple[Actor, Found]:
    """Lock a schedule with all that its change may touch; Lost if a slot got another agent meanwhile."""
    agents = {of.agent_id, *(row.agent_id for row in await transaction.fetch(AGENTS_OF, *of.key))}
    rows = await transaction.fetch(LOCK_AGENTS, of.organization_id, sorted({*agents, by.key[1]}))
    roles = {(row.organization_id, row.id): (row.claimed_role, row.provisioned_role) for row in rows}
    actor = Granting(roles, {}).actor(by)
    statuses = await lock_known(transaction, of.organization_id, [of.property_id])
    (row,) = await transaction.fetch(LOCK, *of.key)
    if await transaction.fetch(CHANGING, *of.key):
        raise ScheduleChanging
    coming = await transaction.fetch(
        *COMING.given(organization_id=of.organization_id, schedule_id=of.id, only=target.only, since=target.since)
    )
    live = [one for one in coming if one.shown_by is not None]
    if any(one.shown_by not in agents for one in live):
        raise Lost
    rosters = await _rosters(transaction, of.organization_id, live, by, actor)
    occurrences = [Coming(occurrence_from(one), rosters.get(one.slot_id)) for one in coming]
    found = Found(schedule_from(row), occurrences, row.at)
    if draft is None:
        return actor, found
    showing = {key[1] for key, theirs in roles.items() if acts(*theirs)}
    known = await surroundings(transaction, draft(found).wanted, showing, statuses)
    ids = {one for overlapped in known.overlapped.values() for one in overlapped}
    there = map(slot_from, await transaction.fetch(SLOTS_OF, of.organization_id, sorted(ids)))
    return actor, found._replace(known=known, there={slot.id: slot for slot in there})


async def _rosters(
    transaction: Transaction, organization_id: UUID, live: Sequence[Row], by: AgentRight, actor: Actor
) -> Mapping[UUID, Roster]:
    """Read rosters under the locks of their slots; of too many for one transaction without, for a job decides anew."""
    keys = [(organization_id, row.slot_id) for row in live]
    if len(keys) <= LARGEST_BATCH:
        found = (await locked(transaction, keys, {}, [by], wait=True)).rosters
    else:
        rows = await transaction.fetch(SLOTS_OF, organization_id, [slot_id for _, slot_id in keys])
        found = await with_claims(
            transaction, {roster.slot.key: roster for roster in (empty_from(row, actor) for row in rows)}
        )
    return {key[1]: replace(roster, by=actor) for key, roster in found.items() if not roster.slot.cancelled}


async def _save(transaction: Transaction, found: Found, decision: Decision, actor: Actor) -> None:
    after, job, following = decision.schedule, decision.job, decision.following
    if after.version == found.schedule.version:
        return
    terms, kept = [getattr(after.schedule, name) for name in _TERMS], [getattr(after, name) for name in _KEPT]
    due_at = decision.due_at if following is None else None
    await transaction.execute(CHANGE, *after.key, rules_to(after.schedule), *terms, *kept, due_at)
    told = events.schedule_ended if after.ended_at else events.schedule_changed
    await record(transaction, told(after, actor))
    if job is not None:
        await add_job(transaction, job)
        await transaction.execute(LEAVE_TO_JOB, *after.key, [was.slot.id for was, _ in decision.ending], job.id)
    elif decision.ending:
        await save(transaction, *zip(*decision.ending, strict=True))
    await _write(transaction, after, [one for one in decision.written if one.state is not OccurrenceState.MADE])
    if following is not None and decision.due_at is not None:
        await add_schedule(transaction, following, decision.due_at, actor)
        await _write(transaction, following, decision.taken_over)
    if decision.made is not None and job is None:
        assert found.known is not None
        if decision.plan.target.only is None:
            await make(transaction, decision.made, found.known, actor)
        else:
            await offer_slots(transaction, list(decision.made.draft.wanted.values()), found.known, actor)
    await _write(transaction, after, [one for one in decision.written if one.state is OccurrenceState.MADE])


async def _write(transaction: Transaction, of: AgentSchedule, those: Sequence[Occurrence]) -> None:
    if those:
        columns = zip(*([getattr(one, name) for name in _DECIDED] for one in those), strict=True)
        await transaction.execute(WRITE, *of.key, *columns)
