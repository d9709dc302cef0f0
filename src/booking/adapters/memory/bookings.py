"""Bookings in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from booking.adapters.memory.state import State, page_of
from booking.domain import events
from booking.domain.applicant import Applicant
from booking.domain.booking import Booking, BookingStatus, BookingView
from booking.domain.caller import Caller
from booking.domain.errors import BookingNotFound, SlotNotFound
from booking.domain.events import Actor
from booking.domain.paging import Page, Paging, Window
from booking.domain.slot import Slot, SlotStatus
from booking.service.ports import Lost


@dataclass(frozen=True, slots=True)
class MemoryBookings:
    state: State

    async def opening(self, slot_id: UUID, caller: Caller) -> tuple[Slot, Applicant, datetime]:
        for applicant in self.state.applicants.values():
            slot = self.state.slots.get((applicant.organization_id, slot_id))
            if slot is not None and applicant.user_id == caller.subject:
                return slot, applicant, self.state.clock()
        raise SlotNotFound

    async def add(self, booking: Booking, by: Actor) -> None:
        slot = self.state.slots[booking.organization_id, booking.slot_id]
        applicant = self.state.applicants[booking.organization_id, booking.applicant_id]
        if not (self.state.bookable(slot) and applicant.eligible and applicant.user_id == by.subject):
            raise Lost
        self._set_status(slot, SlotStatus.BOOKED)
        self.state.bookings[booking.organization_id, booking.id] = booking
        self.state.record(events.booking_confirmed(booking, by))

    async def get(self, booking_id: UUID, caller: Caller) -> tuple[BookingView, datetime]:
        own = {(applicant.organization_id, applicant.id) for applicant in caller.applicants}
        for organization_id in caller.organizations:
            booking = self.state.bookings.get((organization_id, booking_id))
            if booking is None:
                continue
            managed = caller.manages(organization_id, self._slot(booking).agent_id)
            if managed or (organization_id, booking.applicant_id) in own:
                return self._view(booking, with_applicant=managed), self.state.clock()
        raise BookingNotFound

    async def cancel(self, booking: Booking, by: Actor) -> None:
        slot = self._slot(booking)
        current = self.state.bookings[booking.organization_id, booking.id]
        if (
            slot.status is not SlotStatus.BOOKED
            or slot.start_time <= self.state.clock()
            or current.status is not BookingStatus.CONFIRMED
        ):
            raise Lost
        self._set_status(slot, SlotStatus.AVAILABLE)
        self.state.bookings[booking.organization_id, booking.id] = booking
        self.state.record(events.booking_cancelled(booking, by))

    async def of_agency(
        self,
        organization_id: UUID,
        *,
        agent_id: UUID | None,
        status: BookingStatus | None,
        window: Window,
        paging: Paging,
    ) -> Page[BookingView]:
        found = (
            self._view(booking, with_applicant=True)
            for booking in self.state.bookings.values()
            if booking.organization_id == organization_id
            and agent_id in (None, self._slot(booking).agent_id)
            and status in (None, booking.status)
        )
        return page_of(found, _start_and_id, window, paging)

    async def of_applicants(
        self, applicants: Sequence[Applicant], *, status: BookingStatus | None, window: Window, paging: Paging
    ) -> Page[BookingView]:
        own = {(applicant.organization_id, applicant.id) for applicant in applicants}
        found = (
            self._view(booking, with_applicant=False)
            for booking in self.state.bookings.values()
            if (booking.organization_id, booking.applicant_id) in own and status in (None, booking.status)
        )
        return page_of(found, _start_and_id, window, paging)

    def _slot(self, booking: Booking) -> Slot:
        return self.state.slots[booking.organization_id, booking.slot_id]

    def _set_status(self, slot: Slot, status: SlotStatus) -> None:
        changed = replace(slot, status=status, updated_at=self.state.clock())
        self.state.slots[slot.organization_id, slot.id] = changed

    def _view(self, booking: Booking, *, with_applicant: bool) -> BookingView:
        applicant = self.state.applicants[booking.organization_id, booking.applicant_id]
        return BookingView(booking=booking, applicant=applicant if with_applicant else None)


def _start_and_id(view: BookingView) -> tuple[datetime, UUID]:
    return view.booking.start_time, view.booking.id
