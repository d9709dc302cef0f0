"""Reports of providers: which messages were delivered, and which were not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from booking.domain.notices.attempt import NoticeEnd
from booking.domain.notices.report import Report


class Reports(Protocol):
    async def save(self, report: Report) -> NoticeEnd | None:
        """Save the state that is reported of a notice, unless a stronger one is known; and suppress its address.

        Of a notice that was never sent, or is no more, nothing is saved.
        """


@dataclass(frozen=True, slots=True)
class ReportService:
    """`count` hears of each change of state."""

    reports: Reports
    count: Callable[[NoticeEnd], None]

    async def hear(self, report: Report) -> bool:
        """Return whether the state of a notice has changed."""
        end = await self.reports.save(report)
        if end is not None:
            self.count(end)
        return end is not None
