"""Bookings in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from booking.adapters.memory.state import State, page_of
from booking.domain.applicant import Applicant
from booking.domain.booking import UNMADE, Booking, BookingStatus
from booking.domain.caller import Caller
from booking.domain.errors import BookingNotFound
from booking.domain.paging import Page, Paging, Window
from booking.domain.sight import Sight


@dataclass(frozen=True, slots=True)
class MemoryBookings:
    state: State

    async def get(self, booking_id: UUID, caller: Caller) -> Sight:
        own = {(applicant.organization_id, applicant.id) for applicant in caller.applicants}
        for organization_id in caller.organizations:
            booking = self.state.bookings.get((organization_id, booking_id))
            if booking is None:
                continue
            sight = self._sight(booking)
            if caller.manages(organization_id, sight.agent_id) or (organization_id, booking.applicant_id) in own:
                return sight
        raise BookingNotFound

    async def of_agency(
        self,
        organization_id: UUID,
        *,
        agent_id: UUID | None,
        status: BookingStatus | None,
        window: Window,
        paging: Paging,
    ) -> Page[Sight]:
        def wanted(sight: Sight) -> bool:
            return sight.booking.organization_id == organization_id and agent_id in (None, sight.agent_id)

        return self._page(wanted, status, window, paging)

    async def of_applicants(
        self, applicants: Sequence[Applicant], *, status: BookingStatus | None, window: Window, paging: Paging
    ) -> Page[Sight]:
        own = {(applicant.organization_id, applicant.id) for applicant in applicants}

        def wanted(sight: Sight) -> bool:
            return (sight.booking.organization_id, sight.booking.applicant_id) in own

        return self._page(wanted, status, window, paging)

    def _page(
        self, wanted: Callable[[Sight], bool], status: BookingStatus | None, window: Window, paging: Paging
    ) -> Page[Sight]:
        made = (self._sight(booking) for booking in self.state.bookings.values() if booking.status not in UNMADE)
        found = (sight for sight in made if wanted(sight) and status in (None, sight.booking.status))
        return page_of(found, _start_and_id, window, paging)

    def _sight(self, booking: Booking) -> Sight:
        at = self.state.clock()
        return Sight(
            booking=booking.as_of(at),
            applicant=self.state.applicant(booking),
            agent_id=self.state.slots[booking.slot_key].agent_id,
            policy=self.state.policy(booking.organization_id, booking.property_id),
            at=at,
        )


def _start_and_id(sight: Sight) -> tuple[datetime, UUID]:
    return sight.booking.start_time, sight.booking.id
