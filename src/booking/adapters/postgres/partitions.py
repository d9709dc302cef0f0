"""Partitions of the events, one a year: whether there are some for the time to come."""

import sqlalchemy as sa
import structlog

from booking.adapters.postgres.engine.database import Database
from booking.service.ports import Lease

LAST = sa.text(
    r"""SELECT max(substring(relname FROM '^events_(\d+)$')::int) AS year,
              extract(year FROM booking_now() AT TIME ZONE 'UTC')::int AS this_year
       FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'events'::regclass"""
)

log = structlog.get_logger("booking.partitions")


class Foresight:
    """Warning in the last year that has a partition. Events after it are kept all the same, but cannot be retired."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def step(self, _: Lease) -> int:
        (row,) = await self._database.fetch(LAST)
        if row.year is not None and row.this_year >= row.year:
            log.warning("the events' partitions end: run `booking migrate`, which adds years", last_year=row.year)
        return 0
