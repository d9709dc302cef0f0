"""Booking visits, showing and cancelling them."""

from dataclasses import dataclass
from uuid import UUID

from booking.domain.booking import Booking, BookingStatus, BookingView
from booking.domain.caller import Caller, Side
from booking.domain.errors import BookingNotFound
from booking.domain.paging import Page, Paging, Window
from booking.service.contest import contest
from booking.service.ports import Bookings, NewId


@dataclass(frozen=True, slots=True)
class BookingService:
    bookings: Bookings
    new_id: NewId

    async def book(self, caller: Caller, slot_id: UUID, notes: str) -> Booking:
        """Book a visit; of many rivals for a place, exactly one wins."""
        caller.as_applicants()

        async def attempt() -> Booking:
            slot, applicant, at = await self.bookings.opening(slot_id, caller)
            booking = Booking.confirm(slot, applicant, id=self.new_id(), notes=notes, at=at)
            await self.bookings.add(booking, caller.acting_as_applicant())
            return booking

        return await contest(attempt)

    async def get(self, caller: Caller, booking_id: UUID) -> BookingView:
        view, _ = await self.bookings.get(booking_id, caller)
        return view

    async def list(
        self, caller: Caller, *, side: Side | None, status: BookingStatus | None, window: Window, paging: Paging
    ) -> Page[BookingView]:
        """An applicant's own bookings; those of an agent's own slots; an admin's, the whole organization's.

        Whoever is both looks as an agent unless they say otherwise.
        """
        if side is Side.APPLICANT or (side is None and caller.agent is None):
            return await self.bookings.of_applicants(
                caller.as_applicants(), status=status, window=window, paging=paging
            )
        agent = caller.as_agent()
        return await self.bookings.of_agency(
            agent.organization_id,
            agent_id=None if agent.is_admin else agent.id,
            status=status,
            window=window,
            paging=paging,
        )

    async def cancel(self, caller: Caller, booking_id: UUID) -> None:
        """Cancel one's own booking; its slot is available again."""
        own = {applicant.id for applicant in caller.as_applicants()}

        async def attempt() -> None:
            view, at = await self.bookings.get(booking_id, caller)
            if view.booking.applicant_id not in own:
                raise BookingNotFound
            await self.bookings.cancel(view.booking.cancel_by_applicant(at=at), caller.acting_as_applicant())

        await contest(attempt)
