"""Releases of visits by a worker, after the deadline of an answer whether the applicant is coming."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from booking.domain.events import CLOCK
from booking.domain.notices.deadline import AnswerDeadline
from booking.domain.visits import roster_changes
from booking.service.ports import Rosters
from booking.service.retrying import retry_when_lost

MOST = 50  # visits a step


class Deadlines(Protocol):
    """Deadlines of answers: notices for agents, which are held until a release is decided on."""

    async def passed(self, most: int) -> Sequence[AnswerDeadline]:
        """Return visits whose deadline has passed, in any organization. An answer at the very deadline is in time."""

    async def let_go(self, visit: AnswerDeadline) -> None:
        """Let the agent be told, if that is still so: the visit stays, or has changed, or was released."""


@dataclass(frozen=True, slots=True)
class ReleaseService:
    deadlines: Deadlines
    rosters: Rosters

    async def step(self) -> int:
        """Release visits, or have their agents told; return their number."""
        passed = await self.deadlines.passed(MOST)
        for visit in passed:
            if visit.asked:
                await retry_when_lost(lambda visit=visit: self._release(visit))  # type: ignore[misc]
            await self.deadlines.let_go(visit)
        return len(passed)

    async def _release(self, visit: AnswerDeadline) -> None:
        await self.rosters.change(
            visit.slot,
            lambda roster: roster_changes.release_unconfirmed(roster, visit.booking_id, visit.sequence),
            CLOCK,
        )
