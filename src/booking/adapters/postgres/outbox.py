"""The outbox in PostgreSQL: positions in the order of commits, and leases that fence.

These statements go over all organizations: they are the service's own, and nobody's request runs them.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from booking.adapters.postgres.batches import Batches
from booking.adapters.postgres.database import Database
from booking.adapters.postgres.events import recorded_from
from booking.adapters.postgres.lines import Connection
from booking.adapters.postgres.prepared import Prepared, asked
from booking.adapters.postgres.tables import booking_now, deliveries, events, positions
from booking.domain.delivery import DeadDelivery, Delivery

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


_waiting = (
    sa.select(
        events.c.organization_id,
        events.c.id,
        events.c.occurred_at,
        _line.label("line"),
        sa.func.row_number().over(order_by=events.c.seq).label("number"),
    )
    .where(events.c.position.is_(None))
    .order_by(events.c.seq)
    .limit(sa.bindparam("most", None, sa.Integer))
    .cte("waiting")
)
_placed = (
    sa.update(events)
    .where(
        events.c.organization_id == _waiting.c.organization_id,
        events.c.id == _waiting.c.id,
        events.c.occurred_at == _waiting.c.occurred_at,
    )
    .values(position=sa.bindparam("last", None, sa.BigInteger) + _waiting.c.number, relayed_at=booking_now())
    .returning(events.c.organization_id, events.c.id, events.c.occurred_at, events.c.position, _waiting.c.line)
    .cte("placed")
)
_DUE = ("organization_id", "event_id", "occurred_at", "position", "line")

LAST = Prepared(sa.select(positions.c.last).with_for_update(skip_locked=True), ())
PLACE = Prepared(
    sa.insert(deliveries).from_select(_DUE, sa.select(*_placed.c)).returning(deliveries.c.position), ("last", "most")
)
MOVE_ON = Prepared(
    sa.update(positions).values(last=positions.c.last + sa.bindparam("count", None, sa.BigInteger)), ("count",)
)

_due = (
    sa.select(deliveries.c.organization_id, deliveries.c.event_id)
    .where(deliveries.c.died_at.is_(None), deliveries.c.due_at <= booking_now(), _first_in_line)
    .order_by(deliveries.c.position)
    .limit(sa.bindparam("most", None, sa.Integer))
    .with_for_update(skip_locked=True)
    .cte("due")
)
_leased = (
    sa.update(deliveries)
    .where(deliveries.c.organization_id == _due.c.organization_id, deliveries.c.event_id == _due.c.event_id)
    .values(due_at=booking_now() + sa.bindparam("lease", None, sa.Interval), token=deliveries.c.token + 1)
    .returning(
        deliveries.c.organization_id,
        deliveries.c.event_id,
        deliveries.c.occurred_at,
        deliveries.c.attempts,
        deliveries.c.token,
    )
    .cte("leased")
)
LEASE = Prepared(
    sa.select(events, _leased.c.attempts, _leased.c.token)
    .select_from(
        _leased.join(
            events,
            sa.and_(
                events.c.organization_id == _leased.c.organization_id,
                events.c.id == _leased.c.event_id,
                events.c.occurred_at == _leased.c.occurred_at,
            ),
        )
    )
    .order_by(events.c.position),
    ("most", "lease"),
)

_told_of = asked(organization_id=sa.Uuid(), event_id=sa.Uuid(), token=sa.BigInteger())
DELIVERED = Prepared(
    sa.delete(deliveries)
    .where(
        deliveries.c.organization_id == _told_of.c.organization_id,
        deliveries.c.event_id == _told_of.c.event_id,
        deliveries.c.token == _told_of.c.token,
    )
    .returning(_told_of.c.number),
    ("organization_id", "event_id", "token"),
)


class _Fence(NamedTuple):
    organization_id: UUID
    event_id: UUID
    token: int


class PostgresOutbox:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._delivered = Batches(self._delete, kind="deliveries", lines=1)

    async def place(self, limit: int) -> int:
        """By one at a time: whoever finds the row of positions locked leaves it to whoever has it."""

        async def work(connection: Connection) -> int:
            last = await connection.fetchval(LAST.sql)
            if last is None:
                return 0
            placed = len(await connection.fetch(PLACE.sql, last, limit))
            if placed:
                await connection.fetch(MOVE_ON.sql, placed)
            return placed

        return await self._database.straight(work)

    async def waiting(self) -> int:
        unplaced = sa.select(sa.func.count()).select_from(events).where(events.c.position.is_(None)).scalar_subquery()
        due = sa.select(sa.func.count()).select_from(deliveries).where(deliveries.c.died_at.is_(None)).scalar_subquery()
        ((count,),) = await self._database.fetch(sa.select(unplaced + due))
        return int(count)

    async def lease(self, limit: int, lease: timedelta) -> Sequence[Delivery]:
        return [
            Delivery(recorded=recorded_from(row), position=row.position, attempts=row.attempts, token=row.token)
            for row in await self._database.rows(LEASE, limit, lease)
        ]

    async def delivered(self, delivery: Delivery) -> bool:
        recorded = delivery.recorded
        fence = _Fence(recorded.event.organization_id, recorded.id, delivery.token)
        return await self._delivered.ask(fence) is not None

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

        async def work(transaction: AsyncConnection) -> bool:
            return (await transaction.execute(mine)).rowcount == 1

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

        async def work(transaction: AsyncConnection) -> int:
            return (await transaction.execute(again)).rowcount

        return await self._database.unit(work)

    async def _delete(self, fences: Sequence[_Fence]) -> Mapping[_Fence, bool]:
        rows = await self._database.rows(DELIVERED, *zip(*fences, strict=True))
        return {fences[row.number - 1]: True for row in rows}
