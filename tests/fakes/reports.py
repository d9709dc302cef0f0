"""Reports of providers in memory."""

from dataclasses import dataclass

from booking.domain.notices.attempt import NoticeEnd
from booking.domain.notices.report import Report
from tests.fakes.state import LONG_AGO, State


@dataclass(frozen=True, slots=True)
class MemoryReports:
    state: State

    async def save(self, report: Report) -> NoticeEnd | None:
        key = report.reference.organization_id, report.reference.notice_id
        row = self.state.notices.get(key)
        if row is None or not row.attempts:
            return None
        for address in report.suppresses:
            self.state.suppressions.add((key[0], row.notice.channel, address.lower()))
        if row.state in report.stronger:
            return None
        row.under_way_until, row.provider_id = LONG_AGO, row.provider_id or report.provider_id
        row.end(report.state, report.reason, self.state.clock())
        return NoticeEnd(kind=row.notice.kind, channel=row.notice.channel, state=row.state)
