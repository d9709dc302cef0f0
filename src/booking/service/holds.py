"""Holding a place for a while before booking it, and giving it back."""

from dataclasses import dataclass
from uuid import UUID

from booking.domain import changes
from booking.domain.booking import UNMADE, Booking
from booking.domain.caller import Caller
from booking.domain.errors import BookingNotFound, HoldNotFound
from booking.domain.opening import Opening
from booking.service.contest import contest
from booking.service.desk import Desk
from booking.service.ports import Bookings, Rosters


@dataclass(frozen=True, slots=True)
class HoldService:
    bookings: Bookings
    rosters: Rosters
    desk: Desk

    async def hold(self, caller: Caller, slot_id: UUID) -> Booking:
        """Keep a place. Again while it is kept, and it is the same hold, not extended; an offer is one as well."""
        caller.as_applicants()
        roster, standing = await self.desk.claim(caller, slot_id, Opening.hold, changes.hold)
        return roster.claim_of(standing.applicant.id)

    async def release(self, caller: Caller, hold_id: UUID) -> None:
        """Give a hold back at once, or decline an offer."""

        async def attempt() -> None:
            held = await self._own(caller, hold_id)
            by = caller.acting_as_applicant(held.organization_id, HoldNotFound)
            await self.rosters.change(held.slot_key, lambda roster: changes.release(roster, hold_id), by)

        await contest(attempt)

    async def require(self, caller: Caller, hold_id: UUID, slot_id: UUID) -> None:
        """HoldNotFound unless the caller has, or had, such a hold on the slot; whether it is over is told later."""
        if (await self._any_own(caller, hold_id)).slot_id != slot_id:
            raise HoldNotFound

    async def _own(self, caller: Caller, hold_id: UUID) -> Booking:
        held = await self._any_own(caller, hold_id)
        if held.status not in UNMADE:
            raise HoldNotFound("it has become a booking")
        return held

    async def _any_own(self, caller: Caller, hold_id: UUID) -> Booking:
        own = {applicant.id for applicant in caller.as_applicants()}
        try:
            held = (await self.bookings.get(hold_id, caller)).booking
        except BookingNotFound:
            raise HoldNotFound from None
        if held.applicant_id not in own:
            raise HoldNotFound
        return held
