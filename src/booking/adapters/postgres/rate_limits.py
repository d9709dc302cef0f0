"""Budgets in PostgreSQL: one row a minute for each frequent spender, shared by all processes."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.leases import held
from booking.adapters.postgres.tables.service import budgets
from booking.domain.rate_limit import WINDOW, Block, Spender
from booking.service.ports import Lease

FORGET = 1000  # rows at a time

_now = sa.func.clock_timestamp(type_=budgets.c.period.type)
"""No clock that a test moves gives anybody a second budget in a minute."""

_period = sa.func.date_bin(WINDOW, _now, sa.literal(datetime(2000, 1, 1, tzinfo=UTC), budgets.c.period.type))


class PostgresBudgets:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def lease(self, spender: Spender, count: int, limit: int) -> Block:
        asked = insert(budgets).values(
            organization_id=spender.organization_id, who=spender.who, period=_period, used=count
        )
        added = asked.on_conflict_do_update(
            index_elements=list(budgets.primary_key.columns), set_={"used": budgets.c.used + asked.excluded.used}
        ).returning(budgets.c.used, (budgets.c.period + WINDOW - _now).label("left"))

        async def work(transaction: Transaction) -> Block:
            (row,) = await transaction.fetch(added)
            left: timedelta = row.left
            return Block.of(count, used=row.used, limit=limit, left=left)

        return await self._database.unit(work)

    async def forget(self, lease: Lease) -> int:
        over = sa.select(budgets.c.organization_id, budgets.c.who, budgets.c.period).where(
            budgets.c.period < _now - 2 * WINDOW
        )
        key = sa.tuple_(budgets.c.organization_id, budgets.c.who, budgets.c.period)

        async def work(transaction: Transaction) -> int:
            return await transaction.execute(sa.delete(budgets).where(key.in_(over.limit(FORGET)), held(lease)))

        return await self._database.unit(work)
