"""Slots in PostgreSQL: offering and showing them. Who has their places is the rosters' matter."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, TypeAlias
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.batching import MOMENT, Batches
from booking.adapters.postgres.engine.codecs import quick
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.events import record
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.properties.properties import lock_for_slots
from booking.adapters.postgres.rows import by_number, page_from, stretch_inputs
from booking.adapters.postgres.visits.agent_times import add_slots, lock_times
from booking.adapters.postgres.visits.commitments import Looks, applicant_id_in, look_at
from booking.adapters.postgres.visits.listing import Views, wanted_at
from booking.adapters.postgres.visits.rows import availability_from
from booking.domain.authority import AgentRight
from booking.domain.choices import MOST_FILTERED, SlotChoice, SlotOrder
from booking.domain.keys import Key
from booking.domain.paging import Page, Paging, Window
from booking.domain.people.caller import Caller
from booking.domain.properties.property import require_offered
from booking.domain.properties.refusals import PropertyWithdrawn
from booking.domain.refusals import ListTooBroad, SlotNotFound
from booking.domain.visits import events
from booking.domain.visits.availability import Availability, by_nearness
from booking.domain.visits.commitments import Commitments
from booking.domain.visits.refusals import AgentBlocked
from booking.domain.visits.slot import Slot, SlotStatus
from booking.domain.visits.slot_page import SlotPage
from booking.service.ports import Lost


class _Near(NamedTuple):
    organization_id: UUID
    id: UUID
    most: int


_Nearest: TypeAlias = tuple[Availability, Sequence[Availability]]

BY_KEY = sql.query("slots", "by_key", ("organization_id", "id"))
NEAREST = sql.query("slots", "nearest", _Near._fields)
OF_ORGANIZATION = sql.composed("slots", "of_organization")
READ = sql.composed("slots", "read")
STANDING_AT = sql.query(
    "slots", "standing_at", ("organization_id", "property_id", "agent_id", "start_time", "end_time", "buffer")
)


class PostgresSlots:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._looks = Looks(database)
        self._availabilities = Batches(self._by_key, kind="slots")
        self._views = Views(self._looks)
        self._nearest = Batches(self._nearest_to, kind="contested", moment=MOMENT)

    async def availability(self, slot_id: UUID, caller: Caller) -> Availability:
        slot_id = quick(slot_id)
        for organization_id in caller.organizations:
            if (availability := await self._availabilities.ask((organization_id, slot_id))) is not None:
                return availability
        raise SlotNotFound

    async def with_nearest(self, slot_id: UUID, caller: Caller, limit: int) -> _Nearest:
        slot_id = quick(slot_id)
        for organization_id in caller.organizations:
            if (found := await self._nearest.ask(_Near(organization_id, slot_id, limit))) is not None:
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
        """Add a slot, one at a time for each agent. Why: no constraint holds the buffers between slots."""

        async def work(transaction: Transaction) -> None:
            actor = await lock_times(transaction, (slot.organization_id, slot.agent_id), by)
            known = await lock_for_slots(transaction, slot.organization_id, [slot.property_id])
            require_offered(known.get(slot.property_id))
            buffer = slot.busy_until - slot.end_time
            at = (slot.property_id, slot.agent_id, slot.start_time, slot.end_time, buffer)
            (standing,) = await transaction.fetch(STANDING_AT, slot.organization_id, *at)
            if standing.withdrawn:
                raise PropertyWithdrawn
            if standing.blocked:
                raise AgentBlocked
            if not standing.free:
                raise Lost
            await add_slots(transaction, [slot])
            await record(transaction, events.slot_created(slot, actor))
            await keep(transaction, [(by, ())])

        await self._database.unit(work)

    async def by_keys(self, keys: Collection[Key]) -> Mapping[Key, Availability]:
        return await self._by_key(list(keys)) if keys else {}

    async def of_organization(
        self, organization_id: UUID, chosen: SlotChoice, *, window: Window, paging: Paging
    ) -> Page[Availability]:
        by_agent = chosen.property_id is None and chosen.agent_id is not None
        driven = {
            "organization_id": organization_id,
            "property_id": chosen.property_id,
            "agent_id": chosen.agent_id,
            "by_property": chosen.property_id is not None or None,
            "by_agent": by_agent or None,
            **stretch_inputs(window, paging, latest=chosen.order is SlotOrder.LATEST),
        }
        filtered = bool(chosen.statuses) or not (by_agent or chosen.agent_id is None)
        most = paging.limit + 1
        page = OF_ORGANIZATION.given(
            **driven,
            of_status=bool(chosen.statuses) or None,
            **{one.value: one in chosen.statuses or None for one in SlotStatus},
            most=most,
            most_read=MOST_FILTERED if filtered else most,
        )
        rows = await self._database.fetch(*page)
        if filtered and len(rows) < most:
            (read,) = await self._database.fetch(*READ.given(**driven, most_read=MOST_FILTERED + 1))
            if read[0] > MOST_FILTERED:
                raise ListTooBroad
        return page_from(rows, paging, availability_from)

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

    async def _by_key(self, keys: Sequence[Key]) -> Mapping[Key, Availability]:
        rows = await self._database.fetch(BY_KEY, *zip(*keys, strict=True))
        return {keys[row.number - 1]: availability_from(row, 1) for row in rows}

    async def _nearest_to(self, asked: Sequence[_Near]) -> Mapping[_Near, _Nearest]:
        nearest = {}
        for number, rows in by_number(await self._database.fetch(NEAREST, *zip(*asked, strict=True))).items():
            near, found = asked[number - 1], [availability_from(row, 1) for row in rows]
            (it,) = (one for one in found if one.slot.id == near.id)
            nearest[near] = it, by_nearness([one for one in found if one is not it], it.slot)[: near.most]
        return nearest
