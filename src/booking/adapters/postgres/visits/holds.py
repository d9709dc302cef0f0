"""Holds in PostgreSQL: showing them. Every change of one is its slot's roster's matter."""

from collections.abc import Sequence

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.people.rows import keys_of
from booking.adapters.postgres.rows import page_from, page_inputs
from booking.domain.paging import Page, Paging, Window
from booking.domain.people.applicant import Applicant
from booking.service.visits.holds import LiveHold

LIVE = sql.composed("holds", "live")


class PostgresHolds:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def live(self, applicants: Sequence[Applicant], paging: Paging) -> Page[LiveHold]:
        rows = await self._database.fetch(*LIVE.given(**keys_of(applicants), **page_inputs(Window(), paging)))
        return page_from(rows, paging, _hold)


def _hold(row: Row) -> LiveHold:
    return LiveHold(id=row.id, slot_id=row.slot_id, deadline=row.deadline)
