"""Tidying up: what is over by the clock is ended, and what that frees is offered on. It is true without this."""

from dataclasses import dataclass

from booking.domain.events import Actor
from booking.domain.roster import Roster
from booking.service.contest import contest
from booking.service.ports import Rosters

BATCH = 50  # slots a step

CLOCK = Actor(subject=None, role="system", request_id=None)


@dataclass(frozen=True, slots=True)
class TidyingService:
    rosters: Rosters

    async def step(self) -> int:
        """Tidies some slots, each in a transaction of its own; says how many."""
        overdue = await self.rosters.overdue(BATCH)
        for key in overdue:
            await contest(lambda key=key: self.rosters.change(key, Roster.settled, CLOCK))  # type: ignore[misc]
        return len(overdue)
