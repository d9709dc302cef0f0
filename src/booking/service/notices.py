"""Planning of notices: events, and coming visits, become messages that are due at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from booking.domain.events import Recorded
from booking.domain.notice import Notice
from booking.domain.notice_plan import DEFAULT_PLAN, NoticePlan
from booking.domain.notice_rules import Situation, Visit, notices_of, notices_of_coming

Decide: TypeAlias = Callable[[Recorded, Situation], Sequence[Notice]]
DecideVisit: TypeAlias = Callable[[Visit, Situation], Sequence[Notice]]

SLOTS = 200  # of an organization that are gone through in a step


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


@dataclass(frozen=True, slots=True)
class NoticeService:
    notices: Notices
    plan: NoticePlan = DEFAULT_PLAN

    async def hear(self, happened: Sequence[Recorded]) -> None:
        """Plan the notices of events."""
        await self.notices.plan(happened, lambda recorded, now: notices_of(recorded, now, self.plan))

    async def sweep(self) -> int:
        """Plan notices of visits that were booked before a channel was configured; return 0 where all is done."""
        return await self.notices.sweep(lambda visit, now: notices_of_coming(visit, now, self.plan), SLOTS)
