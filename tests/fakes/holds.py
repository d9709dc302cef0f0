"""Holds in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from booking.domain.paging import Page, Paging, Window
from booking.domain.people.applicant import Applicant
from booking.service.visits.holds import LiveHold
from tests.fakes.state import State, page_of


@dataclass(frozen=True, slots=True)
class MemoryHolds:
    state: State

    async def live(self, applicants: Sequence[Applicant], paging: Paging) -> Page[LiveHold]:
        own, at = {(one.organization_id, one.id) for one in applicants}, self.state.clock()
        found = [
            booking
            for booking in self.state.bookings.values()
            if (booking.organization_id, booking.applicant_id) in own and booking.as_of(at).reserved
        ]
        page = page_of(found, lambda one: (one.start_time, one.id), Window(), paging)
        return Page(items=[LiveHold.of(one) for one in page.items], next=page.next)
