"""Slots in PostgreSQL: offering and showing them. Who has their places is the rosters' matter."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from booking.adapters.postgres.availabilities import OPENING, OPENINGS, numbered, opened, opening_from
from booking.adapters.postgres.counts import AVAILABLE, BOOKED
from booking.adapters.postgres.engine.batching import Batches
from booking.adapters.postgres.engine.codecs import quick
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.statements import Prepared, asked
from booking.adapters.postgres.events import record
from booking.adapters.postgres.listings import wanted_at
from booking.adapters.postgres.looks import Looks, applicant_id_in, look_at
from booking.adapters.postgres.nearest import Nearest
from booking.adapters.postgres.pages import page_from, page_of
from booking.adapters.postgres.rights import granted
from booking.adapters.postgres.tables import agents, booking_now, keyed, slots
from booking.adapters.postgres.views import Views
from booking.domain import events
from booking.domain.authority import AgentRight, acts
from booking.domain.availability import Availability
from booking.domain.caller import Caller
from booking.domain.commitments import Commitments
from booking.domain.paging import Page, Paging, Window
from booking.domain.refusals import AgentNotFound, SlotNotFound
from booking.domain.slot import Key, Slot, SlotStatus
from booking.domain.slot_page import SlotPage
from booking.service.ports import Lost

_keys = asked(organization_id=sa.Uuid(), id=sa.Uuid())

BY_KEY = Prepared(
    sa.select(_keys.c.number, *OPENING).select_from(_keys.join(opened, keyed(slots, _keys))),
    ("organization_id", "id"),
)


class PostgresSlots:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._looks = Looks(database)
        self._openings = Batches(self._openings_of, kind="slots")
        self._views = Views(self._looks)
        self._nearest = Nearest(database)

    async def availability(self, slot_id: UUID, caller: Caller) -> Availability:
        slot_id = quick(slot_id)
        for organization_id in caller.organizations:
            if (availability := await self._openings.ask((organization_id, slot_id))) is not None:
                return availability
        raise SlotNotFound

    async def with_nearest(
        self, slot_id: UUID, caller: Caller, limit: int
    ) -> tuple[Availability, Sequence[Availability]]:
        slot_id = quick(slot_id)
        for organization_id in caller.organizations:
            if (found := await self._nearest.to(organization_id, slot_id, limit)) is not None:
                return found
        raise SlotNotFound

    async def seen(self, slot_id: UUID, caller: Caller) -> tuple[Availability, dict[UUID, Commitments]]:
        slot_id = quick(slot_id)
        for organization_id in caller.organizations:
            person = applicant_id_in(caller, organization_id)
            if (seen := await self._views.slot((organization_id, slot_id), person)) is not None:
                availability, commitments = seen
                return availability, {organization_id: commitments} if commitments else {}
        raise SlotNotFound

    async def all_commitments(self, caller: Caller, availabilities: Sequence[Availability]) -> dict[UUID, Commitments]:
        here = {availability.slot.organization_id for availability in availabilities}
        persons = [(one.organization_id, one.id) for one in caller.applicants if one.organization_id in here]
        looks = [look_at(person, availabilities) for person in persons]
        found = await self._looks.of(looks)
        return {commitments.applicant.organization_id: commitments for commitments in found if commitments}

    async def add(self, slot: Slot, by: AgentRight) -> None:
        """Serialized per agent, then per property: bare inserts under exclusion constraints deadlock (T8)."""

        async def work(transaction: Transaction) -> None:
            actor = await granted(transaction, by)
            showing = (
                sa.select(agents.c.claimed_role, agents.c.provisioned_role)
                .where(agents.c.organization_id == slot.organization_id, agents.c.id == slot.agent_id)
                .with_for_update(read=True)
            )
            roles = await transaction.first(showing)
            if roles is None or not acts(*roles):
                raise AgentNotFound
            await transaction.execute(_lock("agent", slot.organization_id, slot.agent_id))
            await transaction.execute(_lock("property", slot.organization_id, slot.property_id))
            row = {
                "organization_id": slot.organization_id,
                "id": slot.id,
                "property_id": slot.property_id,
                "agent_id": slot.agent_id,
                "start_time": slot.start_time,
                "end_time": slot.end_time,
                "busy_until": slot.busy_until,
                "capacity": slot.capacity,
                "status": "available",
                "created_at": slot.created_at,
                "updated_at": slot.updated_at,
            }
            values = sa.select(*(sa.literal(value, slots.c[name].type) for name, value in row.items())).where(
                sa.literal(slot.start_time, slots.c.start_time.type) > booking_now(), sa.not_(_too_close(slot))
            )
            offer = insert(slots).from_select(list(row), values).on_conflict_do_nothing().returning(slots.c.id)
            if await transaction.value(offer) is None:
                raise Lost
            await record(transaction, events.slot_created(slot, actor))

        await self._database.unit(work)

    async def of_organization(
        self,
        organization_id: UUID,
        *,
        agent_id: UUID | None,
        status: SlotStatus | None,
        property_id: UUID | None,
        window: Window,
        paging: Paging,
    ) -> Page[Availability]:
        statement = OPENINGS.where(slots.c.organization_id == organization_id)
        if agent_id is not None:
            statement = statement.where(slots.c.agent_id == agent_id)
        if status is not None:
            statement = statement.where(_BY_THE_CLOCK[status])
        if property_id is not None:
            statement = statement.where(slots.c.property_id == property_id)
        return await self._page(statement, window, paging)

    async def bookable(
        self, property_id: UUID, caller: Caller, *, window: Window, paging: Paging
    ) -> tuple[Sequence[SlotPage], dict[UUID, Commitments]]:
        listings, all_commitments = [], {}
        for organization_id in caller.organizations:
            wanted = wanted_at(organization_id, property_id, window, paging)
            if page := await self._views.page(wanted, applicant_id_in(caller, organization_id)):
                listing, commitments = page
                listings.append(listing)
                if commitments is not None:
                    all_commitments[organization_id] = commitments
        return listings, all_commitments

    async def _openings_of(self, keys: Sequence[Key]) -> Mapping[Key, Availability]:
        rows = await self._database.fetch(BY_KEY, *zip(*keys, strict=True))
        return {keys[row.number - 1]: numbered(row) for row in rows}

    async def _page(self, statement: sa.Select[Any], window: Window, paging: Paging) -> Page[Availability]:
        rows = await self._database.fetch(page_of(statement, slots.c.id, window, paging))
        return page_from(rows, paging, opening_from)


_BY_THE_CLOCK: Mapping[SlotStatus, sa.ColumnElement[bool]] = {
    SlotStatus.AVAILABLE: AVAILABLE,
    SlotStatus.BOOKED: BOOKED,
    SlotStatus.CANCELLED: slots.c.status == "cancelled",
}


def _too_close(slot: Slot) -> sa.ColumnElement[bool]:
    """The larger of two slots' buffers has to lie between them. The constraint holds each to the earlier one's only."""
    buffer = sa.literal(slot.busy_until - slot.end_time, sa.Interval)
    needed = sa.func.greatest(buffer, slots.c.busy_until - slots.c.end_time)
    return (
        sa.select(slots.c.id)
        .where(
            slots.c.organization_id == slot.organization_id,
            slots.c.agent_id == slot.agent_id,
            slots.c.cancelled_at.is_(None),
            slots.c.start_time < sa.literal(slot.end_time, slots.c.start_time.type) + needed,
            slots.c.end_time + needed > sa.literal(slot.start_time, slots.c.start_time.type),
        )
        .exists()
    )


def _lock(kind: str, organization_id: UUID, id: UUID) -> sa.Select[Any]:
    return sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"{kind}:{organization_id}:{id}", 0)))
