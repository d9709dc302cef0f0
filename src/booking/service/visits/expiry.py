"""Expiry of claims by a worker: overdue ones are ended, and freed places offered on. The rules hold without it."""

from dataclasses import dataclass

from booking.domain.events import CLOCK
from booking.domain.visits.roster import Roster
from booking.service.ports import Rosters
from booking.service.retrying import retry_each_when_lost

BATCH = 50  # slots a step


@dataclass(frozen=True, slots=True)
class TidyingService:
    rosters: Rosters

    async def step(self) -> int:
        """Settle some slots, each in a transaction of its own; return their number."""
        overdue = await self.rosters.overdue(BATCH)
        await retry_each_when_lost(overdue, lambda key: self.rosters.change(key, Roster.settled, CLOCK))
        return len(overdue)
