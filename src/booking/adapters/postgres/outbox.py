"""The outbox in PostgreSQL: positions in the order of commits, and leases that fence.

These statements go over all organizations: they are the service's own, and nobody's request runs them.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from booking.adapters.postgres.database import Database
from booking.adapters.postgres.events import recorded_from
from booking.adapters.postgres.tables import booking_now, deliveries, events, positions
from booking.domain.delivery import DeadDelivery, Delivery

_key = sa.tuple_(deliveries.c.organization_id, deliveries.c.event_id)
_told = deliveries.join(
    events,
    sa.and_(
        events.c.organization_id == deliveries.c.organization_id,
        events.c.id == deliveries.c.event_id,
        events.c.occurred_at == deliveries.c.occurred_at,
    ),
)
_line = sa.func.coalesce(
    events.c.booking_id, events.c.slot_id, events.c.applicant_id, events.c.property_id, events.c.organization_id
)
_earlier = deliveries.alias("earlier")
_first_in_line = ~sa.exists(
    sa.select(_earlier.c.position).where(
        _earlier.c.organization_id == deliveries.c.organization_id,
        _earlier.c.line == deliveries.c.line,
        _earlier.c.position < deliveries.c.position,
        _earlier.c.died_at.is_(None),
    )
)


class PostgresOutbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def place(self, limit: int) -> int:
        """By one at a time: whoever finds the row of positions locked leaves it to whoever has it."""

        async def work(transaction: AsyncConnection) -> int:
            last = await transaction.scalar(sa.select(positions.c.last).with_for_update(skip_locked=True))
            if last is None:
                return 0
            waiting = (
                await transaction.execute(
                    sa.select(events, _line.label("line"))
                    .where(events.c.position.is_(None))
                    .order_by(events.c.seq)
                    .limit(limit)
                )
            ).all()
            if not waiting:
                return 0
            placed = [(last + number, row) for number, row in enumerate(waiting, 1)]
            await transaction.execute(
                sa.update(events)
                .where(
                    events.c.organization_id == sa.bindparam("of"),
                    events.c.id == sa.bindparam("event"),
                    events.c.occurred_at == sa.bindparam("at"),
                    events.c.position.is_(None),
                )
                .values(position=sa.bindparam("place"), relayed_at=booking_now()),
                [
                    {"of": row.organization_id, "event": row.id, "at": row.occurred_at, "place": place}
                    for place, row in placed
                ],
            )
            await transaction.execute(sa.insert(deliveries), [_due(place, row) for place, row in placed])
            await transaction.execute(sa.update(positions).values(last=last + len(placed)))
            return len(placed)

        return await self._database.unit(work)

    async def lease(self, limit: int, lease: timedelta) -> Sequence[Delivery]:
        async def work(transaction: AsyncConnection) -> Sequence[Delivery]:
            due: sa.Select[Any] = (
                sa.select(events, deliveries.c.attempts, deliveries.c.token)
                .select_from(_told)
                .where(deliveries.c.died_at.is_(None), deliveries.c.due_at <= booking_now(), _first_in_line)
                .order_by(deliveries.c.position)
                .limit(limit)
                .with_for_update(skip_locked=True, of=deliveries)
            )
            leased = (await transaction.execute(due)).all()
            if leased:
                await transaction.execute(
                    sa.update(deliveries)
                    .where(_key.in_([(row.organization_id, row.id) for row in leased]))
                    .values(due_at=booking_now() + lease, token=deliveries.c.token + 1)
                )
            return [
                Delivery(recorded=recorded_from(row), position=row.position, attempts=row.attempts, token=row.token + 1)
                for row in leased
            ]

        return await self._database.unit(work)

    async def delivered(self, delivery: Delivery) -> bool:
        return await self._fenced(delivery, sa.delete(deliveries))

    async def failed(self, delivery: Delivery, reason: str, again_in: timedelta | None) -> bool:
        values: dict[str, Any] = {"attempts": deliveries.c.attempts + 1, "reason": reason[:200]}
        values |= {"died_at": booking_now()} if again_in is None else {"due_at": booking_now() + again_in}
        return await self._fenced(delivery, sa.update(deliveries).values(**values))

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

        async def work(transaction: AsyncConnection) -> int:
            return (await transaction.execute(again)).rowcount

        return await self._database.unit(work)

    async def _fenced(self, delivery: Delivery, statement: sa.Update | sa.Delete) -> bool:
        mine = statement.where(
            deliveries.c.organization_id == delivery.recorded.event.organization_id,
            deliveries.c.event_id == delivery.recorded.id,
            deliveries.c.token == delivery.token,
        )

        async def work(transaction: AsyncConnection) -> bool:
            return (await transaction.execute(mine)).rowcount == 1

        return await self._database.unit(work)


def _due(place: int, row: sa.Row[Any]) -> dict[str, Any]:
    return {
        "organization_id": row.organization_id,
        "event_id": row.id,
        "occurred_at": row.occurred_at,
        "position": place,
        "line": row.line,
    }
