"""Planning of notices: events, and coming visits, become messages that are due at a time."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias
from uuid import UUID

from booking.domain.authority import AgentRight
from booking.domain.events import Recorded
from booking.domain.keys import Key
from booking.domain.notices.notice import Notice, NoticeRecord
from booking.domain.notices.planner import notices_of, notices_of_coming
from booking.domain.notices.situation import Situation, Visit
from booking.domain.people.caller import Caller
from booking.domain.people.contact import Channel
from booking.domain.visits.refusals import BookingNotFound
from booking.service.ports import Bookings

Decide: TypeAlias = Callable[[Recorded, Situation], Sequence[Notice]]
DecideVisit: TypeAlias = Callable[[Visit, Situation], Sequence[Notice]]

SLOTS = 200  # of an organization that are gone through in a step
MOST = 200  # notices of a booking that are shown


class Notices(Protocol):
    """Notices, each of which is there once, however often it is planned."""

    async def plan(self, happened: Sequence[Recorded], decide: Decide) -> int:
        """Save the notices that `decide` makes of events, and end untrue ones of their bookings, in one transaction.

        Return the number of both.
        """

    async def sweep(self, decide: DecideVisit, most: int) -> int:
        """Save the notices that `decide` makes of the coming visits in some slots of an organization that has not been
        gone through; return the number of slots, or 1 for the last of them.
        """

    async def request(self, notice: Notice, by: AgentRight) -> None:
        """Save a notice that an agent has asked for, unless it is there."""

    async def of_booking(self, key: Key, most: int) -> Sequence[NoticeRecord]:
        """Return the newest notices of a booking, in the order in which they are due."""


@dataclass(frozen=True, slots=True)
class NoticeService:
    notices: Notices
    bookings: Bookings
    configured: Collection[Channel] = tuple(Channel)

    async def of_booking(self, caller: Caller, booking_id: UUID) -> Sequence[NoticeRecord]:
        """Return the notices of a booking to its agent, or an admin; BookingNotFound to all others."""
        context = await self.bookings.get(booking_id, caller)
        organization_id = context.booking.organization_id
        if not caller.manages(organization_id, context.agent_id):
            raise BookingNotFound
        return await self.notices.of_booking((organization_id, booking_id), MOST)

    async def hear(self, happened: Sequence[Recorded]) -> None:
        """Plan the notices of events."""
        await self.notices.plan(happened, lambda recorded, now: self._by_configured(notices_of(recorded, now)))

    async def sweep(self) -> int:
        """Plan notices of visits that were booked before a channel was configured; return 0 where all is done."""
        return await self.notices.sweep(lambda visit, now: self._by_configured(notices_of_coming(visit, now)), SLOTS)

    def _by_configured(self, notices: Sequence[Notice]) -> Sequence[Notice]:
        return [one for one in notices if one.channel in self.configured]
