"""Bookings in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from booking.domain.choices import MOST_COUNTED, BookingChoice, BookingOrder
from booking.domain.paging import Page, Paging, Total, Window
from booking.domain.people.applicant import Applicant
from booking.domain.people.caller import Caller
from booking.domain.values import replace
from booking.domain.visits.booking import UNMADE, Booking, BookingStatus
from booking.domain.visits.booking_context import BookingContext
from booking.domain.visits.refusals import BookingNotFound
from booking.domain.visits.slot import Slot
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
        self, organization_id: UUID, chosen: BookingChoice, *, window: Window, paging: Paging
    ) -> Page[BookingContext]:
        def wanted(context: BookingContext) -> bool:
            return context.booking.organization_id == organization_id

        return self._page(wanted, chosen, window, paging)

    async def of_applicants(
        self, applicants: Sequence[Applicant], chosen: BookingChoice, *, window: Window, paging: Paging
    ) -> Page[BookingContext]:
        own = {(applicant.organization_id, applicant.id) for applicant in applicants}

        def wanted(context: BookingContext) -> bool:
            return (context.booking.organization_id, context.booking.applicant_id) in own

        return self._page(wanted, chosen, window, paging)

    def _page(
        self, wanted: Callable[[BookingContext], bool], chosen: BookingChoice, window: Window, paging: Paging
    ) -> Page[BookingContext]:
        made = (self._sight(booking) for booking in self.state.bookings.values() if booking.status not in UNMADE)
        found = [context for context in made if wanted(context) and _fits(context, chosen)]
        if chosen.order is BookingOrder.NEWEST:
            here = [context for context in found if context.booking.start_time in window]
            page = page_of(here, _created_and_id, Window(), paging, down=True)
        else:
            page = page_of(found, _start_and_id, window, paging, down=chosen.order is BookingOrder.LATEST)
        if not chosen.with_total:
            return page
        count = sum(context.booking.start_time in window for context in found)
        return replace(page, total=Total(count=min(count, MOST_COUNTED), exact=count <= MOST_COUNTED))

    def _sight(self, booking: Booking) -> BookingContext:
        at, slot = self.state.clock(), self.state.slots[booking.slot_key]
        return BookingContext(
            booking=booking.as_of(at),
            applicant=self.state.applicant(booking),
            agent_id=slot.agent_id,
            policy=self.state.policy(booking.organization_id, booking.property_id),
            names=self.state.names_of(slot),
            place_free=self._place_free(booking, slot, at),
            at=at,
        )

    def _place_free(self, booking: Booking, slot: Slot, at: datetime) -> bool:
        if booking.status is not BookingStatus.CANCELLED_UNCONFIRMED or slot.cancelled:
            return False
        own = (one for one in self.state.bookings.values() if one.applicant_id == booking.applicant_id and one.live)
        for one in own:
            offered = one.status is BookingStatus.OFFERED
            if not one.overdue(at) and (one.slot_id == slot.id or (not offered and one.meets(slot))):
                return False
        return self.state.availability(slot).places_left > 0


def _start_and_id(context: BookingContext) -> tuple[datetime, UUID]:
    return context.booking.start_time, context.booking.id


def _created_and_id(context: BookingContext) -> tuple[datetime, UUID]:
    return context.booking.created_at, context.booking.id


def _fits(context: BookingContext, chosen: BookingChoice) -> bool:
    booking = context.booking
    return (
        chosen.slot_id in (None, booking.slot_id)
        and chosen.property_id in (None, booking.property_id)
        and chosen.applicant_id in (None, booking.applicant_id)
        and chosen.agent_id in (None, context.agent_id)
        and (not chosen.statuses or booking.status in chosen.statuses)
        and chosen.needs_review in (None, context.needs_review)
        and chosen.outcome in (None, booking.outcome)
    )
