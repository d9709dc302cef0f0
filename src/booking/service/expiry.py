"""Tidying up: what is over by the clock is ended, and what that frees is offered on. It is true without this."""

from dataclasses import dataclass

from booking.domain.events import CLOCK
from booking.domain.roster import Roster
from booking.service.ports import Rosters
from booking.service.retrying import retry_each_when_lost

BATCH = 50  # slots a step


@dataclass(frozen=True, slots=True)
class TidyingService:
    rosters: Rosters

    async def step(self) -> int:
        """Tidies some slots, each in a transaction of its own; says how many."""
        overdue = await self.rosters.overdue(BATCH)
        await retry_each_when_lost(overdue, lambda key: self.rosters.change(key, Roster.settled, CLOCK))
        return len(overdue)
