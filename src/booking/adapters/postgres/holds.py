"""Holds in PostgreSQL: showing them. Every change of one is its slot's roster's matter."""

from collections.abc import Sequence

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.rows import page_from
from booking.domain.applicant import Applicant
from booking.domain.paging import Page, Paging
from booking.service.holds import LiveHold

LIVE = sql.composed("holds", "live")


class PostgresHolds:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def live(self, applicants: Sequence[Applicant], paging: Paging) -> Page[LiveHold]:
        after = paging.after
        rows = await self._database.fetch(
            *LIVE.given(
                organization_id=[one.organization_id for one in applicants],
                applicant_id=[one.id for one in applicants],
                after_start=after and after.start_time,
                after_id=after and after.id,
                most=paging.limit + 1,
            )
        )
        return page_from(rows, paging, _hold)


def _hold(row: Row) -> LiveHold:
    return LiveHold(id=row.id, slot_id=row.slot_id, deadline=row.deadline)
