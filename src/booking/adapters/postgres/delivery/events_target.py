"""Subscription of the system's own that hands all events on to AWS, as the configuration has it."""

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.sql import query

SERVE = query("events_target", "serve", ("target",))
REST = query("events_target", "rest")


class PostgresEventsTarget:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def follow(self, target: str | None) -> None:
        """Serve this target, or none."""
        await (self._database.fetch(REST) if target is None else self._database.fetch(SERVE, target))
