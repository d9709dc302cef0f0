"""Messages of senders by HTTP in PostgreSQL. `screenings` notes them, in the transaction of their effect (ADR 70)."""

import sqlalchemy as sa

from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.leases import held
from booking.adapters.postgres.tables.base import booking_now
from booking.adapters.postgres.tables.delivery import inbound
from booking.domain.delivery.inbound import KEPT
from booking.service.ports import Lease

FORGET = 1000  # rows at a time


class PostgresInbound:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def forget(self, lease: Lease) -> int:
        over = sa.select(*inbound.primary_key.columns).where(inbound.c.created_at <= booking_now() - KEPT)
        key = sa.tuple_(*inbound.primary_key.columns)

        async def work(transaction: Transaction) -> int:
            return await transaction.execute(sa.delete(inbound).where(key.in_(over.limit(FORGET)), held(lease)))

        return await self._database.unit(work)
