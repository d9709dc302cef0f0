"""Slots in memory."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from booking.domain.authority import AgentRight, acts
from booking.domain.choices import SlotChoice, SlotOrder
from booking.domain.events import Actor
from booking.domain.keys import Key
from booking.domain.paging import Page, Paging, Window
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import AgentNotFound
from booking.domain.properties.property import Property, require_offered
from booking.domain.properties.refusals import PropertyWithdrawn
from booking.domain.refusals import SlotNotFound
from booking.domain.values import replace
from booking.domain.visits import events
from booking.domain.visits.availability import Availability, by_nearness
from booking.domain.visits.refusals import AgentBlocked
from booking.domain.visits.slot import Slot
from booking.domain.visits.slot_page import SlotPage
from booking.service.ports import CommitmentsByOrganization, Lost
from tests.fakes.blocks import blocked
from tests.fakes.commitments import commitments
from tests.fakes.state import State, page_of


@dataclass(frozen=True, slots=True)
class MemorySlots:
    state: State

    async def availability(self, slot_id: UUID, caller: Caller) -> Availability:
        for organization_id in caller.organizations:
            if slot := self.state.slots.get((organization_id, slot_id)):
                return self.state.availability(slot)
        raise SlotNotFound

    async def seen(self, slot_id: UUID, caller: Caller) -> tuple[Availability, CommitmentsByOrganization]:
        availability = await self.availability(slot_id, caller)
        return availability, await self.all_commitments(caller, [availability])

    async def all_commitments(
        self, caller: Caller, availabilities: Sequence[Availability]
    ) -> CommitmentsByOrganization:
        known = (self.state.applicants[applicant.organization_id, applicant.id] for applicant in caller.applicants)
        return {applicant.organization_id: commitments(self.state, applicant) for applicant in known}

    async def add(self, slot: Slot, by: AgentRight) -> None:
        actor = self.state.actor(by)
        showing = {(row.organization_id, row.id) for row in self.state.agents.values() if acts(*row.roles)}
        if (slot.organization_id, slot.agent_id) not in showing:
            raise AgentNotFound
        place = slot.organization_id, slot.property_id
        if home := self.state.properties.get(place):
            require_offered(home.status)
        if self.state.withdrawn(slot):
            raise PropertyWithdrawn
        if blocked(self.state, slot):
            raise AgentBlocked
        if slot.start_time <= self.state.clock() or any(collide(slot, other) for other in self.state.slots.values()):
            raise Lost
        put(self.state, slot, actor)

    async def by_keys(self, keys: Collection[Key]) -> Mapping[Key, Availability]:
        return {key: self.state.availability(self.state.slots[key]) for key in keys if key in self.state.slots}

    async def of_organization(
        self, organization_id: UUID, chosen: SlotChoice, *, window: Window, paging: Paging
    ) -> Page[Availability]:
        found = (
            self.state.availability(slot)
            for slot in self.state.slots.values()
            if slot.organization_id == organization_id
            and chosen.agent_id in (None, slot.agent_id)
            and chosen.property_id in (None, slot.property_id)
        )
        found = (one for one in found if not chosen.statuses or one.slot.status in chosen.statuses)
        return page_of(found, start_and_id, window, paging, down=chosen.order is SlotOrder.LATEST)

    async def bookable(
        self, property_id: UUID, caller: Caller, *, window: Window, paging: Paging
    ) -> tuple[Sequence[SlotPage], CommitmentsByOrganization]:
        pages = []
        for organization_id in caller.organizations:
            found = (
                self.state.availability(slot)
                for slot in self.state.slots.values()
                if slot.property_id == property_id
                and slot.organization_id == organization_id
                and self.state.public(slot)
            )
            if availabilities := page_of(found, start_and_id, window, replace(paging, limit=paging.limit + 1)).items:
                pages.append(SlotPage.of(availabilities))
        return pages, await self.all_commitments(caller, [])

    async def with_nearest(
        self, slot_id: UUID, caller: Caller, limit: int
    ) -> tuple[Availability, Sequence[Availability]]:
        availability = await self.availability(slot_id, caller)
        slot = availability.slot
        found = [
            self.state.availability(other)
            for other in self.state.slots.values()
            if other.organization_id == slot.organization_id
            and other.property_id == slot.property_id
            and other.id != slot.id
            and self.state.public(other)
        ]
        return availability, by_nearness(found, slot)[:limit]


def start_and_id(availability: Availability) -> tuple[datetime, UUID]:
    return availability.slot.start_time, availability.slot.id


def collide(one: Slot, other: Slot) -> bool:
    return one.organization_id == other.organization_id and not other.cancelled and one.clashes(other)


def put(state: State, slot: Slot, actor: Actor) -> None:
    """Keep a new slot, and a property without a name where there is none."""
    place = slot.organization_id, slot.property_id
    if place not in state.properties:
        state.properties[place] = Property(
            organization_id=slot.organization_id, id=slot.property_id, updated_at=state.clock()
        )
    state.slots[slot.key] = slot
    state.record(events.slot_created(slot, actor))
