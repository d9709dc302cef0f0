"""Reports of providers in PostgreSQL."""

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.domain.notices.attempt import NoticeEnd
from booking.domain.notices.notice import NoticeKind, NoticeState
from booking.domain.notices.report import Report
from booking.domain.people.contact import Channel

SAVE = sql.query("reports", "save", ("organization_id", "id", "state", "reason", "provider_id", "stronger"))
SUPPRESS = sql.query("reports", "suppress", ("organization_id", "id", "addresses", "reason"))


class PostgresReports:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, report: Report) -> NoticeEnd | None:
        key = report.reference.organization_id, report.reference.notice_id

        async def work(transaction: Transaction) -> NoticeEnd | None:
            said = report.state, report.reason, report.provider_id
            rows = await transaction.fetch(SAVE, *key, *said, list(report.stronger))
            if report.suppresses:
                await transaction.execute(SUPPRESS, *key, list(report.suppresses), report.state)
            return next(
                (
                    NoticeEnd(kind=NoticeKind(row.kind), channel=Channel(row.channel), state=NoticeState(row.state))
                    for row in rows
                ),
                None,
            )

        return await self._database.unit(work)
