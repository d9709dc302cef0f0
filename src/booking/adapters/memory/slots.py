"""Slots in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from booking.adapters.memory.state import State, page_of
from booking.domain import events
from booking.domain.booking import BookingStatus
from booking.domain.caller import Caller
from booking.domain.errors import AgentNotFound, SlotNotFound
from booking.domain.events import Actor
from booking.domain.paging import Page, Paging, Window
from booking.domain.slot import Slot, SlotStatus
from booking.service.ports import Lost


@dataclass(frozen=True, slots=True)
class MemorySlots:
    state: State

    async def get(self, slot_id: UUID, caller: Caller) -> tuple[Slot, datetime]:
        for organization_id in caller.organizations:
            if slot := self.state.slots.get((organization_id, slot_id)):
                return slot, self.state.clock()
        raise SlotNotFound

    async def add(self, slot: Slot, by: Actor) -> None:
        known = {(row.organization_id, row.id) for row in self.state.agents.values()}
        if (slot.organization_id, slot.agent_id) not in known:
            raise AgentNotFound
        if slot.start_time <= self.state.clock() or any(_overlap(slot, other) for other in self.state.slots.values()):
            raise Lost
        self.state.slots[slot.organization_id, slot.id] = slot
        self.state.record(events.slot_created(slot, by))

    async def cancel(self, slot: Slot, by: Actor) -> None:
        at = self.state.clock()
        current = self.state.slots[slot.organization_id, slot.id]
        if current.status not in (SlotStatus.AVAILABLE, SlotStatus.BOOKED) or current.start_time <= at:
            raise Lost
        cancelled = replace(current, status=SlotStatus.CANCELLED, updated_at=at)
        self.state.slots[slot.organization_id, slot.id] = cancelled
        self.state.record(events.slot_cancelled(cancelled, current.status, by))
        for key, booking in self.state.bookings.items():
            if booking.slot_id == slot.id and booking.status is BookingStatus.CONFIRMED:
                self.state.bookings[key] = gone = booking.cancel_by_agent(at=at)
                self.state.record(events.booking_cancelled(gone, by))

    async def of_organization(
        self,
        organization_id: UUID,
        *,
        agent_id: UUID | None,
        status: SlotStatus | None,
        property_id: UUID | None,
        window: Window,
        paging: Paging,
    ) -> Page[Slot]:
        found = (
            slot
            for slot in self.state.slots.values()
            if slot.organization_id == organization_id
            and agent_id in (None, slot.agent_id)
            and status in (None, slot.status)
            and property_id in (None, slot.property_id)
        )
        return page_of(found, _start_and_id, window, paging)

    async def bookable(
        self, property_id: UUID, organizations: Sequence[UUID], *, window: Window, paging: Paging
    ) -> Page[Slot]:
        found = (
            slot
            for slot in self.state.slots.values()
            if slot.property_id == property_id and slot.organization_id in organizations and self.state.bookable(slot)
        )
        return page_of(found, _start_and_id, window, paging)


def _start_and_id(slot: Slot) -> tuple[datetime, UUID]:
    return slot.start_time, slot.id


def _overlap(one: Slot, other: Slot) -> bool:
    return (
        one.organization_id == other.organization_id
        and other.status is not SlotStatus.CANCELLED
        and (one.agent_id == other.agent_id or one.property_id == other.property_id)
        and one.start_time < other.end_time
        and other.start_time < one.end_time
    )
