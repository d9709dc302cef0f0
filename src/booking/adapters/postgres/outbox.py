"""The outbox in PostgreSQL: positions in the order of commits, cursors that subscriptions have in it, and their leases.

Over all organizations: the service's own, and no request's. Each of these statements may be done again where a
connection broke: it then finds, or writes, the same.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.events import recorded_from
from booking.adapters.postgres.sql import query
from booking.domain.delivery import Batch, DeadDelivery, Delivery, Settlement, Subscription

NOW = timedelta()

PLACE = query("outbox", "place", ("most",))
LEASE = query("outbox", "lease", ("kinds", "many", "most", "lease"))
WORK = query("outbox", "work", ("organization_ids", "ids", "uptos", "most", "lease"))
SETTLE = query(
    "outbox",
    "settle",
    (
        *("organization_id", "id", "token", "upto", "heard_organization_ids", "heard_ids"),
        *("organization_ids", "event_ids", "occurred", "positions", "lines", "attempts", "reasons", "pauses"),
    ),
)
WAITING = query("outbox", "waiting")
DEAD = query("outbox", "dead", ("most",))
REDRIVE = query("outbox", "redrive", ("every", "event_ids"))


class PostgresOutbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def place(self, limit: int) -> int:
        (row,) = await self._database.fetch(PLACE, limit)
        return int(row.placed)

    async def take(self, kinds: Collection[str], many: int, limit: int, lease: timedelta) -> Sequence[Batch]:
        leased = await self._database.fetch(LEASE, list(kinds), many, limit, lease)
        return await self._work(leased, limit, lease) if leased else ()

    async def _work(self, leased: Sequence[Row], limit: int, lease: timedelta) -> Sequence[Batch]:
        keys = [(one.organization_id, one.id, one.upto) for one in leased]
        work: Mapping[tuple[UUID, UUID], list[Delivery]] = {(one.organization_id, one.id): [] for one in leased}
        for row in await self._database.fetch(WORK, *zip(*keys, strict=True), limit, lease):
            work[row.subscription_organization_id, row.subscription_id].append(
                Delivery(
                    recorded=recorded_from(row),
                    position=row.position,
                    organization_position=row.organization_position or 0,
                    attempts=row.attempts,
                    kept=row.kept,
                    behind=row.behind,
                )
            )
        return [
            Batch(
                subscription=Subscription(
                    organization_id=one.organization_id, id=one.id, kind=one.kind, target=one.target
                ),
                token=one.token,
                upto=one.upto,
                deliveries=work[one.organization_id, one.id],
            )
            for one in leased
        ]

    async def settle(self, batch: Batch, settlement: Settlement) -> bool:
        heard = [(one.recorded.event.organization_id, one.recorded.id) for one in settlement.heard if one.kept]
        kept = [
            (one.delivery, one.delivery.attempts + 1, one.reason[:200], one.again_in) for one in settlement.failed
        ] + [(one, one.attempts, None, NOW) for one in settlement.waiting]
        rows = [
            (
                one.recorded.event.organization_id,
                one.recorded.id,
                one.recorded.occurred_at,
                one.position,
                one.recorded.event.line,
                attempts,
                reason,
                pause,
            )
            for one, attempts, reason, pause in kept
        ]
        mine = await self._database.fetch(
            SETTLE,
            batch.subscription.organization_id,
            batch.subscription.id,
            batch.token,
            batch.upto,
            *_columns(heard, 2),
            *_columns(rows, 8),
        )
        return bool(mine)

    async def waiting(self) -> int:
        (row,) = await self._database.fetch(WAITING)
        return int(row.waiting)

    async def dead(self, limit: int) -> Sequence[DeadDelivery]:
        return [
            DeadDelivery(
                subscription_id=row.subscription_id,
                recorded=recorded_from(row),
                position=row.position,
                attempts=row.attempts,
                reason=row.reason,
                died_at=row.died_at,
            )
            for row in await self._database.fetch(DEAD, limit)
        ]

    async def redrive(self, event_ids: Sequence[UUID] | None) -> int:
        return len(await self._database.write(REDRIVE, event_ids is None, event_ids or ()))


def _columns(rows: Sequence[Sequence[object]], count: int) -> Sequence[Sequence[object]]:
    return list(zip(*rows, strict=True)) or [()] * count
