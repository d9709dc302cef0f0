"""Batches of slots in PostgreSQL: many offered in one transaction."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.events import record
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.properties.properties import lock_for_slots, lock_known
from booking.adapters.postgres.rights import Granting
from booking.adapters.postgres.visits.agent_times import add_slots
from booking.domain.authority import AgentRight, By, acts
from booking.domain.events import Actor
from booking.domain.paging import EPOCH
from booking.domain.properties.property import PropertyStatus
from booking.domain.visits import events
from booking.domain.visits.slot import Slot
from booking.domain.visits.slot_batch import BatchMode, Refused, Surroundings, refused
from booking.service.ports import Lost

LOCK_AGENTS = sql.query("slot_batches", "lock_agents", ("organization_id", "ids"))
OVERLAPPED = sql.query(
    "slot_batches", "overlapped", ("organization_id", "agent_id", "property_id", "start_time", "end_time", "buffer")
)


class PostgresSlotBatches:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, wanted: Mapping[int, Slot], alone: Mapping[int, Refused], mode: BatchMode, by: AgentRight, *, dry: bool
    ) -> Mapping[int, Refused]:
        """Lock all agents, then all properties, each in the order of their ids, as for a single slot."""
        (organization_id,) = {slot.organization_id for slot in wanted.values()}

        async def work(transaction: Transaction) -> Mapping[int, Refused]:
            agents, places = ({getattr(slot, name) for slot in wanted.values()} for name in ("agent_id", "property_id"))
            actor, known = await locked(transaction, organization_id, agents, places, wanted, by)
            found = refused(wanted, alone, known, mode)
            offered = [] if dry else [slot for index, slot in wanted.items() if index not in found]
            await offer_slots(transaction, offered, known, actor)
            await keep(transaction, [(by, (found,))])
            return found

        return await self._database.unit(work)


async def locked(
    transaction: Transaction,
    organization_id: UUID,
    agents: Collection[UUID],
    properties: Collection[UUID],
    wanted: Mapping[int, Slot],
    by: By,
) -> tuple[Actor, Surroundings]:
    """Lock the agents, with the one who offers, then the properties; return the actor, and the surroundings."""
    acting = {by.key[1]} if isinstance(by, AgentRight) else set()
    rows = await transaction.fetch(LOCK_AGENTS, organization_id, sorted({*agents, *acting}))
    roles = {(row.organization_id, row.id): (row.claimed_role, row.provisioned_role) for row in rows}
    actor = Granting(roles, {}).actor(by)
    statuses = await lock_known(transaction, organization_id, properties)
    showing = {key[1] for key, theirs in roles.items() if acts(*theirs)}
    return actor, await surroundings(transaction, wanted, showing, statuses)


async def offer_slots(transaction: Transaction, added: Sequence[Slot], known: Surroundings, actor: Actor) -> None:
    """Save slots that nothing refuses, with their events; Lost if another was quicker."""
    if not added:
        return
    places = {slot.property_id for slot in added}
    await _add_places(transaction, added[0].organization_id, places - known.statuses.keys())
    await add_slots(transaction, added)
    await record(transaction, *(events.slot_created(slot, actor) for slot in added))


async def _add_places(transaction: Transaction, organization_id: UUID, ids: set[UUID]) -> None:
    """Add unknown properties; Lost if one became known meanwhile, and is archived."""
    if ids and PropertyStatus.ARCHIVED in (await lock_for_slots(transaction, organization_id, ids)).values():
        raise Lost


async def surroundings(
    transaction: Transaction, wanted: Mapping[int, Slot], agents: Collection[UUID], statuses: Mapping[UUID, str]
) -> Surroundings:
    rows = [
        (
            slot.organization_id,
            slot.agent_id,
            slot.property_id,
            slot.start_time,
            slot.end_time,
            slot.busy_until - slot.end_time,
        )
        for slot in wanted.values()
    ]
    indexes = list(wanted)
    if not rows:
        return Surroundings(agents, statuses, {}, frozenset(), frozenset(), EPOCH)
    near = await transaction.fetch(OVERLAPPED, *zip(*rows, strict=True))
    overlapped: dict[int, list[UUID]] = {}
    for row in near:
        if row.id is not None:
            overlapped.setdefault(indexes[row.number - 1], []).append(row.id)
    blocked = {indexes[row.number - 1] for row in near if row.blocked}
    withdrawn = {indexes[row.number - 1] for row in near if row.withdrawn}
    return Surroundings(agents, statuses, overlapped, blocked, withdrawn, near[0].at)
