"""The outbox in PostgreSQL: positions in the order of commits, cursors that subscriptions have in it, and their leases.

Over all organizations: the service's own, and no request's. Each of these statements may be done again where a
connection broke: it then finds, or writes, the same.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from booking.adapters.ids import new_id
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.events import recorded_from
from booking.adapters.postgres.sql import query
from booking.adapters.postgres.traces import traces_of
from booking.domain.delivery.delivery import (
    ROUNDS,
    Backlog,
    Batch,
    DeadDelivery,
    Delivery,
    Failure,
    Settlement,
    Subscription,
)

NOW = timedelta()

PLACE = query("outbox", "place", ("most",))
LEASE = query("outbox", "lease", ("kinds", "at_once", "mosts", "many", "lease"))
WORK = query("outbox", "work", ("organization_ids", "ids", "uptos", "mosts", "lease"))
_HEALTH = ("organization_id", "id", "token", "answered", "failures", "rests")
_HEARD = ("heard_organization_ids", "heard_ids")
_ATTEMPTS = (
    *("attempt_ids", "attempted_events", "types", "organization_positions", "numbers", "ago", "ms"),
    *("statuses", "words", "answers"),
)
_KEPT = (
    *("organization_ids", "event_ids", "attempts", "reasons", "pauses"),
    *("occurred", "positions", "lines", "under_way"),
)
_FAILED = _KEPT[:5]
SETTLE = query("outbox", "settle", (*_HEALTH, *_HEARD, *_ATTEMPTS, "upto", "lease", *_KEPT))
CONCLUDE = query("outbox", "conclude", (*_HEALTH, *_HEARD, *_ATTEMPTS, *_FAILED))
WAITING = query("outbox", "waiting")
BACKLOGS = query("outbox", "backlogs")
DEAD = query("outbox", "dead", ("most",))
REDRIVE = query("outbox", "redrive", ("every", "event_ids"))


class PostgresOutbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def place(self, limit: int) -> int:
        (row,) = await self._database.fetch(PLACE, limit)
        return int(row.placed)

    async def take(self, kinds: Mapping[str, int], many: int, limit: int, lease: timedelta) -> Sequence[Batch]:
        mosts = [min(limit, ROUNDS * at_once) for at_once in kinds.values()]
        leased = await self._database.fetch(LEASE, list(kinds), list(kinds.values()), mosts, many, lease)
        return await self._work(leased, lease) if leased else ()

    async def _work(self, leased: Sequence[Row], lease: timedelta) -> Sequence[Batch]:
        keys = [(one.organization_id, one.id, one.upto, one.most) for one in leased]
        work: Mapping[tuple[UUID, UUID], list[Delivery]] = {(one.organization_id, one.id): [] for one in leased}
        under_way: dict[tuple[UUID, UUID], int] = {}
        rows = await self._database.fetch(WORK, *zip(*keys, strict=True), lease)
        events = [recorded_from(row) for row in rows]
        traces = await traces_of(self._database, events)
        for row, recorded in zip(rows, events, strict=True):
            under_way[row.subscription_organization_id, row.subscription_id] = row.under_way
            work[row.subscription_organization_id, row.subscription_id].append(
                Delivery(
                    recorded=recorded,
                    position=row.position,
                    organization_position=row.organization_position or 0,
                    attempts=row.attempts,
                    kept=row.kept,
                    behind=row.behind,
                    trace=traces.get((recorded.event.organization_id, recorded.event.actor.request_id)),
                )
            )
        return [
            Batch(
                subscription=Subscription(
                    organization_id=one.organization_id, id=one.id, kind=one.kind, target=one.target
                ),
                token=one.token,
                lease=lease,
                upto=one.upto,
                failures=one.failures,
                under_way=under_way.get((one.organization_id, one.id), 0),
                deliveries=work[one.organization_id, one.id],
            )
            for one in leased
        ]

    async def settle(self, batch: Batch, settlement: Settlement) -> bool:
        failed = [(one.delivery, *_failed(one), False) for one in settlement.failed]
        waiting = [(one, one.attempts, None, NOW, False) for one in settlement.waiting]
        under_way = [(one, one.attempts, None, NOW, True) for one in settlement.under_way]
        kept = [
            (*_key(one), *tried, one.recorded.occurred_at, one.position, one.recorded.event.line, begun)
            for one, *tried, begun in (*failed, *waiting, *under_way)
        ]
        heard = [one for one in settlement.heard if one.kept]
        inputs = *_settled(batch, settlement, heard), batch.upto, batch.lease, *_columns(kept, len(_KEPT))
        return bool(await self._database.fetch(SETTLE, *inputs))

    async def conclude(self, batch: Batch, settlement: Settlement) -> bool:
        failed = [(*_key(one.delivery), *_failed(one)) for one in settlement.failed]
        inputs = *_settled(batch, settlement, settlement.heard), *_columns(failed, len(_FAILED))
        return bool(await self._database.fetch(CONCLUDE, *inputs))

    async def waiting(self) -> int:
        (row,) = await self._database.fetch(WAITING)
        return int(row.waiting)

    async def backlogs(self) -> Mapping[str, Backlog]:
        return {
            row.kind: Backlog(
                behind=row.behind, oldest=row.oldest, dead=row.dead, resting=row.resting, disabled=row.disabled
            )
            for row in await self._database.fetch(BACKLOGS)
        }

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


def _settled(batch: Batch, settlement: Settlement, heard: Sequence[Delivery]) -> Sequence[object]:
    """Return the inputs that both statements have; `heard` has a row to be deleted."""
    attempts = [
        (
            new_id(),
            one.delivery.recorded.id,
            str(one.delivery.recorded.event.type),
            one.delivery.organization_position or None,
            one.delivery.attempts + 1,
            one.ago,
            one.outcome.ms,
            one.outcome.status,
            one.outcome.failure and one.outcome.failure[:64],
            one.outcome.answer,
        )
        for one in sorted(settlement.attempts, key=lambda one: one.ago, reverse=True)  # ids are by when they began
        if one.outcome.ms is not None
    ]
    return (
        batch.subscription.organization_id,
        batch.subscription.id,
        batch.token,
        bool(settlement.heard),
        settlement.failures,
        settlement.rests,
        *_columns([_key(one) for one in heard], len(_HEARD)),
        *_columns(attempts, len(_ATTEMPTS)),
    )


def _key(one: Delivery) -> tuple[UUID, UUID]:
    return one.recorded.event.organization_id, one.recorded.id


def _failed(one: Failure) -> tuple[int, str, timedelta | None]:
    return one.delivery.attempts + 1, one.reason[:200], one.again_in


def _columns(rows: Sequence[Sequence[object]], count: int) -> Sequence[Sequence[object]]:
    return list(zip(*rows, strict=True)) or [()] * count
