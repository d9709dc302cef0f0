"""Vitals of the database, as it tells them itself."""

from typing import NamedTuple

import sqlalchemy as sa

from booking.adapters.postgres.engine.database import Database

VITALS = sa.text(
    r"""SELECT current_setting('server_version') AS version,
              (SELECT max(substring(relname FROM '^events_(\d+)$')::int)
               FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
               WHERE inhparent = 'events'::regclass) AS partitions_end,
              (SELECT extract(epoch FROM max(coalesce(replay_lag, '0')))
               FROM pg_stat_replication WHERE state IS NOT NULL) AS replication_lag"""
)


class Vitals(NamedTuple):
    """`replication_lag`: seconds; None without a standby, or where the role may not see it (`pg_read_all_stats`)."""

    version: str
    partitions_end: int
    replication_lag: float | None


class PostgresVitals:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def look(self) -> Vitals:
        (row,) = await self._database.fetch(VITALS)
        lag = None if row.replication_lag is None else float(row.replication_lag)
        return Vitals(row.version, row.partitions_end or 0, lag)
