"""Leases in PostgreSQL, and the condition by which a write is its holder's."""

from datetime import timedelta

import sqlalchemy as sa

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.sql import query
from booking.adapters.postgres.tables.service import leases
from booking.service.ports import Lease

ENTER = query("leases", "enter", ("name",))
TAKE = query("leases", "take", ("name", "mine", "lasting"))
GIVE_BACK = query("leases", "give_back", ("name", "token"))
NONE = -1


def held(lease: Lease) -> sa.ColumnElement[bool]:
    """The lease is not another holder's. Until the write is committed nobody else takes it: the row is locked."""
    mine = sa.select(leases.c.name).where(leases.c.name == lease.name, leases.c.token == lease.token)
    return sa.exists(mine.with_for_update(read=True))


class PostgresLeases:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, name: str, lasting: timedelta, mine: Lease | None) -> Lease | None:
        inputs = name, mine.token if mine else NONE, lasting
        rows = await self._database.fetch(TAKE, *inputs)
        if not rows and await self._database.fetch("SELECT FROM leases WHERE name = $1", name) == []:
            await self._database.fetch(ENTER, name)
            rows = await self._database.fetch(TAKE, *inputs)
        return Lease(name, rows[0].token) if rows else None

    async def give_back(self, lease: Lease) -> None:
        await self._database.fetch(GIVE_BACK, *lease)
