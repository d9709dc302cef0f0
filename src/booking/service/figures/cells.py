"""Cells of figures: computed anew from the rows where events tell of a change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from booking.domain.figures.periods import Period

BATCH = 500
"""Events that are followed in a step."""

SLICE = timedelta(days=1)
"""Time whose cells are rebuilt at once."""


class Cells(Protocol):
    async def follow(self, most: int) -> int:
        """Compute the cells of events that were not followed yet; return how many events these were."""

    async def organizations(self) -> Sequence[tuple[UUID, datetime, datetime]]:
        """Return the organizations that have slots or cells, and when the first and the last of them begin."""

    async def rebuild(self, organization_id: UUID, since: datetime, until: datetime) -> int:
        """Compute all cells of a while anew; return their number."""


@dataclass(frozen=True, slots=True)
class CellService:
    cells: Cells

    async def step(self, _: object = None) -> int:
        return await self.cells.follow(BATCH)

    async def rebuild(
        self,
        organization_id: UUID | None,
        *,
        since: datetime | None,
        until: datetime | None,
        tell: Callable[[int], None] = lambda _: None,
    ) -> int:
        """Compute all cells anew, or an organization's, or a while's; `tell` how many are done."""
        done = 0
        for organization, first, last in await self.cells.organizations():
            if organization_id not in {None, organization}:
                continue
            end = last + SLICE
            period = Period.around(max(first, since or first), min(end, until or end))
            at = period.since
            while at < period.until:
                done += await self.cells.rebuild(organization, at, min(at + SLICE, period.until))
                at += SLICE
                tell(done)
        return done
