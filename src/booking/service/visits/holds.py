"""Holds: keeping a place for a while before booking, finding it again, and giving it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from booking.domain.paging import Page, Paging
from booking.domain.people.applicant import Applicant
from booking.domain.people.caller import Caller
from booking.domain.values import Value
from booking.domain.visits import roster_changes
from booking.domain.visits.booking import UNMADE, Booking
from booking.domain.visits.commitments import Commitments
from booking.domain.visits.place_request import HoldPlace
from booking.domain.visits.refusals import BookingNotFound, HoldNotFound
from booking.domain.visits.roster import Roster
from booking.service.ports import Bookings, Rosters
from booking.service.retrying import retry_when_lost
from booking.service.visits.place_claims import PlaceClaims


class LiveHold(Value, kw_only=True):
    """A hold or an offer that can be booked until its deadline."""

    id: UUID
    slot_id: UUID
    deadline: datetime

    @classmethod
    def of(cls, held: Booking) -> "LiveHold":
        assert held.deadline is not None
        return cls(id=held.id, slot_id=held.slot_id, deadline=held.deadline)


class Holds(Protocol):
    async def live(self, applicants: Sequence[Applicant], paging: Paging) -> Page[LiveHold]:
        """Return the holds and offers of these applicants that are not over by the clock."""


@dataclass(frozen=True, slots=True)
class HoldService:
    holds: Holds
    bookings: Bookings
    rosters: Rosters
    place_claims: PlaceClaims

    async def list(self, caller: Caller, paging: Paging) -> Page[LiveHold]:
        """List the caller's live holds and offers. An applicant who is not eligible any more has none."""
        return await self.holds.live([one for one in caller.as_applicants() if one.eligible], paging)

    async def hold(self, caller: Caller, slot_id: UUID) -> Booking:
        """Hold a place. A repeated hold is the same hold, not extended; an offer counts as a hold."""
        caller.as_applicants()

        def seen(roster: Roster, commitments: Commitments) -> Booking:
            return roster.claim_of(commitments.applicant.id)

        return await self.place_claims.claim(caller, slot_id, HoldPlace(), seen)

    async def release(self, caller: Caller, hold_id: UUID) -> None:
        """Release a hold, or decline an offer."""

        async def attempt() -> None:
            held = await self._own(caller, hold_id)
            by = caller.keeping(caller.acting_as_applicant(held.organization_id, HoldNotFound), lambda _: None)
            await self.rosters.change(held.slot_key, lambda roster: roster_changes.release(roster, hold_id), by)

        await retry_when_lost(attempt)

    async def require(self, caller: Caller, hold_id: UUID, slot_id: UUID) -> None:
        """Raise HoldNotFound unless the caller has, or had, such a hold on the slot. The rules decide whether it is
        over.
        """
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
