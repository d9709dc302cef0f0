"""Cells of figures in PostgreSQL, computed from the rows by one statement for the job and the rebuild."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row

KEYS = ("organization_ids", "property_ids", "agent_ids", "quarters")
FOLLOWED = sql.query("figures", "followed")
LAG = sql.query("figures", "lag")
TOLD = sql.query("figures", "told", ("after", "most"))
FOLLOW = sql.query("figures", "follow", ("after", "most"))
FORGET = sql.query("figures", "forget", KEYS)
COMPUTE = sql.query("figures", "compute", KEYS)
ORGANIZATIONS = sql.query("figures", "organizations")
WITHIN = sql.query("figures", "within", ("organization_id", "since", "until"))


class PostgresCells:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def follow(self, most: int) -> int:
        async def work(transaction: Transaction) -> int:
            after = await transaction.value(FOLLOWED)
            cells = await transaction.fetch(TOLD, after, most)
            upto: int = await transaction.value(FOLLOW, after, most)
            await _compute(transaction, cells)
            return upto - int(after)

        return await self._database.unit(work)

    async def lag(self) -> float:
        """Return the age of the oldest event that was not followed, in seconds."""
        (row,) = await self._database.fetch(LAG)
        return float(row.seconds)

    async def organizations(self) -> Sequence[tuple[UUID, datetime, datetime]]:
        rows = await self._database.fetch(ORGANIZATIONS)
        return [(row.organization_id, row.since, row.until) for row in rows]

    async def rebuild(self, organization_id: UUID, since: datetime, until: datetime) -> int:
        async def work(transaction: Transaction) -> int:
            await transaction.value(FOLLOWED)
            cells = await transaction.fetch(WITHIN, organization_id, since, until)
            await _compute(transaction, cells)
            return len(cells)

        return await self._database.unit(work)


async def _compute(transaction: Transaction, cells: Sequence[Row]) -> None:
    """Compute cells, by their keys, anew."""
    if cells:
        keys = [tuple(row) for row in cells]
        await transaction.execute(FORGET, *zip(*keys, strict=True))
        await transaction.execute(COMPUTE, *zip(*keys, strict=True))
