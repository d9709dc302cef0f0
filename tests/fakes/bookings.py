"""Bookings in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from booking.domain.applicant import Applicant
from booking.domain.booking import UNMADE, Booking, BookingStatus
from booking.domain.booking_context import BookingContext
from booking.domain.caller import Caller
from booking.domain.paging import Page, Paging, Window
from booking.domain.refusals import BookingNotFound
from tests.fakes.state import State, page_of


@dataclass(frozen=True, slots=True)
class MemoryBookings:
    state: State

    async def get(self, booking_id: UUID, caller: Caller) -> BookingContext:
        own = {(applicant.organization_id, applicant.id) for applicant in caller.applicants}
        for organization_id in caller.organizations:
            booking = self.state.bookings.get((organization_id, booking_id))
            if booking is None:
                continue
            context = self._sight(booking)
            if caller.manages(organization_id, context.agent_id) or (organization_id, booking.applicant_id) in own:
                return context
        raise BookingNotFound

    async def of_agency(
        self,
        organization_id: UUID,
        *,
        agent_id: UUID | None,
        status: BookingStatus | None,
        window: Window,
        paging: Paging,
    ) -> Page[BookingContext]:
        def wanted(context: BookingContext) -> bool:
            return context.booking.organization_id == organization_id and agent_id in (None, context.agent_id)

        return self._page(wanted, status, window, paging)

    async def of_applicants(
        self, applicants: Sequence[Applicant], *, status: BookingStatus | None, window: Window, paging: Paging
    ) -> Page[BookingContext]:
        own = {(applicant.organization_id, applicant.id) for applicant in applicants}

        def wanted(context: BookingContext) -> bool:
            return (context.booking.organization_id, context.booking.applicant_id) in own

        return self._page(wanted, status, window, paging)

    def _page(
        self, wanted: Callable[[BookingContext], bool], status: BookingStatus | None, window: Window, paging: Paging
    ) -> Page[BookingContext]:
        made = (self._sight(booking) for booking in self.state.bookings.values() if booking.status not in UNMADE)
        found = (context for context in made if wanted(context) and status in (None, context.booking.status))
        return page_of(found, _start_and_id, window, paging)

    def _sight(self, booking: Booking) -> BookingContext:
        at, slot = self.state.clock(), self.state.slots[booking.slot_key]
        return BookingContext(
            booking=booking.as_of(at),
            applicant=self.state.applicant(booking),
            agent_id=slot.agent_id,
            policy=self.state.policy(booking.organization_id, booking.property_id),
            names=self.state.names_of(slot),
            at=at,
        )


def _start_and_id(context: BookingContext) -> tuple[datetime, UUID]:
    return context.booking.start_time, context.booking.id
