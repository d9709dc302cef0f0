"""The outbox in PostgreSQL: positions in the order of commits, and leases that fence.

These statements go over all organizations: they are the service's own, and nobody's request runs them.
"""

from collections.abc import Sequence, Set
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.statements import Prepared, asked
from booking.adapters.postgres.events import event_of, recorded_from
from booking.adapters.postgres.tables import booking_now, deliveries, events
from booking.adapters.postgres.taking import TAKE
from booking.domain.delivery import DeadDelivery, Delivery, Taken

_told = deliveries.join(events, event_of(deliveries))
_unplaced = sa.select(sa.func.count()).select_from(events).where(events.c.position.is_(None)).scalar_subquery()
_alive = sa.select(sa.func.count()).select_from(deliveries).where(deliveries.c.died_at.is_(None)).scalar_subquery()
WAITING = Prepared(sa.select((_unplaced + _alive).label("waiting")), ())

_told_of = asked(organization_id=sa.Uuid(), event_id=sa.Uuid(), token=sa.BigInteger())
DELIVERED = Prepared(
    sa.delete(deliveries)
    .where(
        deliveries.c.organization_id == _told_of.c.organization_id,
        deliveries.c.event_id == _told_of.c.event_id,
        deliveries.c.token == _told_of.c.token,
    )
    .returning(deliveries.c.event_id),
    ("organization_id", "event_id", "token"),
)


class PostgresOutbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, limit: int, lease: timedelta) -> Taken:
        rows = await self._database.fetch(TAKE, limit, lease)
        return Taken(
            placed=sum(row.placed for row in rows),
            deliveries=[
                Delivery(recorded=recorded_from(row), position=row.position, attempts=row.attempts, token=row.token)
                for row in rows
                if row.token > 0
            ],
        )

    async def waiting(self) -> int:
        (row,) = await self._database.fetch(WAITING)
        return int(row.waiting)

    async def delivered(self, deliveries: Sequence[Delivery]) -> Set[UUID]:
        fences = [(one.recorded.event.organization_id, one.recorded.id, one.token) for one in deliveries]
        rows = await self._database.fetch(DELIVERED, *zip(*fences, strict=True))
        return {row.event_id for row in rows}

    async def failed(self, delivery: Delivery, reason: str, again_in: timedelta | None) -> bool:
        values: dict[str, Any] = {"attempts": deliveries.c.attempts + 1, "reason": reason[:200]}
        values |= {"died_at": booking_now()} if again_in is None else {"due_at": booking_now() + again_in}
        mine = (
            sa.update(deliveries)
            .values(**values)
            .where(
                deliveries.c.organization_id == delivery.recorded.event.organization_id,
                deliveries.c.event_id == delivery.recorded.id,
                deliveries.c.token == delivery.token,
            )
        )

        async def work(transaction: Transaction) -> bool:
            return await transaction.execute(mine) == 1

        return await self._database.unit(work)

    async def dead(self, limit: int) -> Sequence[DeadDelivery]:
        rows = await self._database.fetch(
            sa.select(events, deliveries.c.attempts, deliveries.c.reason, deliveries.c.died_at)
            .select_from(_told)
            .where(deliveries.c.died_at.is_not(None))
            .order_by(deliveries.c.position)
            .limit(limit)
        )
        return [
            DeadDelivery(
                recorded=recorded_from(row),
                position=row.position,
                attempts=row.attempts,
                reason=row.reason,
                died_at=row.died_at,
            )
            for row in rows
        ]

    async def redrive(self, event_ids: Sequence[UUID] | None) -> int:
        statement = sa.update(deliveries).where(deliveries.c.died_at.is_not(None))
        if event_ids is not None:
            statement = statement.where(deliveries.c.event_id.in_(event_ids))
        again = statement.values(died_at=None, attempts=0, due_at=booking_now(), token=deliveries.c.token + 1)

        async def work(transaction: Transaction) -> int:
            return await transaction.execute(again)

        return await self._database.unit(work)
