"""Horizons of schedules: each day the slots of a further day are made, and of a large plan the rest."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from booking import time_zones
from booking.domain.keys import Key
from booking.domain.planning import plan as plans
from booking.domain.planning.agent_schedule import AgentSchedule
from booking.domain.planning.plan import Draft
from booking.service.planning.schedules import Drafting
from booking.service.ports import Clock, Lease


class Horizons(Protocol):
    async def take_due(self, lease: Lease) -> Sequence[AgentSchedule]:
        """Return some schedules that are due, the longest first. They are due again in five minutes, lest all fail."""

    async def decided_on(self, key: Key) -> Collection[datetime]:
        """Return the occurrences to come that were decided on, by their local starts."""

    async def fill(self, draft: Draft, due_at: datetime) -> None:
        """Make the first slots of a draft, each that can be; the others are skipped.

        Due again at once if slots are left, else at `due_at`. The schedule ends if its agent has no role any more;
        nothing is made while its property is archived, or if it was changed since it was taken.
        """


@dataclass(frozen=True, slots=True)
class HorizonService:
    horizons: Horizons
    drafting: Drafting
    now: Clock

    async def step(self, lease: Lease) -> int:
        """Fill the horizons of schedules that are due; return how many there were."""
        due = await self.horizons.take_due(lease)
        for of in due:
            at = await self.now()
            draft = await self.drafting.draft(of, at, await self.horizons.decided_on(of.key))
            await self.horizons.fill(draft, plans.next_day(of, time_zones.zone(of.schedule.time_zone), at))
        return len(due)
