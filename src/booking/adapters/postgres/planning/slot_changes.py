"""Changes of slots in PostgreSQL: under the locks of their agents, their properties and themselves, in that order."""

from collections.abc import Collection, Sequence
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.planning.jobs import advance
from booking.adapters.postgres.properties.properties import lock_known
from booking.adapters.postgres.visits.rosters.locks import locked
from booking.adapters.postgres.visits.rosters.writes import save
from booking.adapters.postgres.visits.rows import slot_from
from booking.adapters.postgres.visits.slot_batches import LOCK_AGENTS
from booking.domain.authority import AgentRight, By, acts
from booking.domain.planning.job import Job, JobFailure
from booking.domain.planning.slot_moves import BusyTime, Surroundings
from booking.domain.values import replace
from booking.domain.visits.slot import Slot
from booking.service.planning.slot_changes import Change, DecideSlots, Span
from booking.service.ports import Lost

AROUND = sql.query("slot_changes", "around", ("organization_id", "agent_ids", "property_ids", "since", "until"))
BLOCKED = sql.query("slot_changes", "blocked", ("organization_id", "agent_ids", "since", "until"))
ENGAGEMENTS = sql.query("slot_changes", "engagements", ("organization_id", "ids", "since", "until"))


class PostgresSlotChanges:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def change(
        self,
        slots: Sequence[Slot],
        decide: DecideSlots,
        by: By,
        *,
        agents: Collection[UUID] = (),
        within: Span,
        dry: bool = False,
        job: Job | None = None,
    ) -> Sequence[Change]:
        async def work(transaction: Transaction) -> Sequence[Change]:
            changes, failures = await decided(transaction, slots, decide, by, agents=agents, within=within)
            if not dry:
                await save(transaction, *zip(*changes, strict=True))
                if job is not None:
                    await advance(transaction, job, len(slots), failures)
                await keep(transaction, [(by, (changes,))])
            return changes

        return await self._database.unit(work)


async def decided(
    transaction: Transaction,
    slots: Sequence[Slot],
    decide: DecideSlots,
    by: By,
    *,
    agents: Collection[UUID],
    within: Span,
) -> tuple[Sequence[Change], Sequence[JobFailure]]:
    """Lock slots with their surroundings, and decide. What comes of it is not saved yet."""
    (organization_id,) = {slot.organization_id for slot in slots}
    concerned = {*agents, *(slot.agent_id for slot in slots)}
    acting = {by.key[1]} if isinstance(by, AgentRight) else set()
    rows = await transaction.fetch(LOCK_AGENTS, organization_id, sorted({*concerned, *acting}))
    properties = {slot.property_id for slot in slots}
    await lock_known(transaction, organization_id, properties)
    found = await locked(transaction, [slot.key for slot in slots], {}, [by], wait=True)
    actor = found.granting.actor(by)
    before = [replace(found.rosters[slot.key], by=actor) for slot in slots]
    if any(roster.slot.agent_id not in concerned for roster in before):
        raise Lost
    around = await surroundings(transaction, organization_id, rows, properties, slots, within)
    after, failures = decide(before, around)
    return [Change(was, now) for was, now in zip(before, after, strict=True)], failures


async def surroundings(
    transaction: Transaction,
    organization_id: UUID,
    agents: Sequence[Row],
    properties: Collection[UUID],
    moving: Sequence[Slot],
    within: Span,
) -> Surroundings:
    """Return the surroundings of slots for these agents, by their rows."""
    ids, places = sorted(row.id for row in agents), sorted(properties)
    near = await transaction.fetch(AROUND, organization_id, ids, places, *within)
    blocked = await transaction.fetch(BLOCKED, organization_id, ids, *within)
    engaged = await transaction.fetch(ENGAGEMENTS, organization_id, [slot.id for slot in moving], *within)
    return Surroundings(
        agents={row.id for row in agents if acts(row.claimed_role, row.provisioned_role)},
        slots=[slot_from(row) for row in near],
        blocks=[BusyTime(*row) for row in blocked],
        engagements=[BusyTime(*row) for row in engaged],
    )
