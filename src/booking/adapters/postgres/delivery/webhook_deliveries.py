"""Deliveries to webhook endpoints in PostgreSQL: their records, and events that are due again."""

import sqlalchemy as sa

from booking.adapters.postgres import sql
from booking.adapters.postgres.delivery.webhooks import SHARE, locked_endpoint
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.idempotency import keep, require_unused
from booking.adapters.postgres.leases import held
from booking.adapters.postgres.rights import granted
from booking.adapters.postgres.tables.base import booking_now
from booking.adapters.postgres.tables.delivery import webhook_attempts, webhook_endpoints
from booking.domain.authority import AgentRight
from booking.domain.delivery.refusals import ReplayTooLarge
from booking.domain.delivery.webhook_delivery import (
    MOST_REPLAYED,
    AttemptFilter,
    Positions,
    WebhookAttempt,
    require_positions,
)
from booking.domain.delivery.webhook_endpoint import KEPT, WebhookEndpoint
from booking.domain.events import Actor
from booking.domain.keys import Key
from booking.domain.paging import EPOCH, Page, Paging, Position
from booking.service.ports import Lease

FORGET = 1000  # rows at a time
AT_ONCE = 20_000  # events a statement: half a second, where a statement may take three

_KEY = ("organization_id", "id")
_SHOWN = ("event_id", "type", "position", "attempt", "attempted_at", "ms", "status", "failure", "answer")
KEEP = sql.query("webhook_deliveries", "keep", (*_KEY, "attempt_id", *_SHOWN))
ATTEMPTS = sql.composed("webhook_deliveries", "attempts")
OLDEST = sql.query("webhook_deliveries", "oldest", ("organization_id",))
REPLAY = sql.query("webhook_deliveries", "replay", (*_KEY, "first", "last"))
REPLAY_FAILED = sql.query("webhook_deliveries", "replay_failed", (*_KEY, "most"))
WAKE = sql.query("webhook_deliveries", "wake", _KEY)


class PostgresWebhookDeliveries:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def granted(self, key: Key, by: AgentRight) -> tuple[WebhookEndpoint, Actor]:
        async def work(transaction: Transaction) -> tuple[WebhookEndpoint, Actor]:
            actor = await granted(transaction, by)
            await require_unused(transaction, by)
            return await locked_endpoint(transaction, key, SHARE), actor

        return await self._database.unit(work)

    async def keep(self, key: Key, attempt: WebhookAttempt) -> None:
        await self._database.write(KEEP, *key, attempt.id, *(getattr(attempt, name) for name in _SHOWN))

    async def attempts(self, key: Key, chosen: AttemptFilter, paging: Paging) -> Page[WebhookAttempt] | None:
        rows = await self._database.fetch(
            *ATTEMPTS.given(
                organization_id=key[0],
                id=key[1],
                kept=KEPT,
                event_id=chosen.event_id,
                failed=chosen.failed or None,
                heard=True if chosen.failed is False else None,
                after_id=paging.after and paging.after.id,
                most=paging.limit + 1,
            )
        )
        if not rows:
            return None
        found = [_attempt_from(row) for row in rows if row.id is not None]
        shown = found[: paging.limit]
        return Page(items=shown, next=Position(EPOCH, shown[-1].id) if len(found) > paging.limit else None)

    async def replay(self, key: Key, positions: Positions | None, by: AgentRight) -> int:
        async def work(transaction: Transaction) -> int:
            await granted(transaction, by)
            endpoint = await locked_endpoint(transaction, key, SHARE)
            if positions is None:
                count = await _replay_failed(transaction, key)
            else:
                oldest = await transaction.value(OLDEST, key[0])
                require_positions(positions, oldest, endpoint.head)
                count = await _replay(transaction, key, positions)
            await keep(transaction, [(by, (count,))])
            return count

        count = await self._database.unit(work)
        await self._database.write(WAKE, *key)  # in no order of locks with the deliveries
        return count

    async def forget(self, lease: Lease) -> int:
        """Delete some attempts that were kept for long enough, and former secrets that sign no more."""
        over = sa.select(*webhook_attempts.primary_key.columns).where(
            webhook_attempts.c.attempted_at <= booking_now() - KEPT
        )
        key = sa.tuple_(*webhook_attempts.primary_key.columns)
        signs_no_more = sa.update(webhook_endpoints).where(webhook_endpoints.c.former_until <= booking_now())

        async def work(transaction: Transaction) -> int:
            await transaction.execute(signs_no_more.where(held(lease)).values(former_secret=None, former_until=None))
            return await transaction.execute(
                sa.delete(webhook_attempts).where(key.in_(over.limit(FORGET)), held(lease))
            )

        return await self._database.unit(work)


async def _replay(transaction: Transaction, key: Key, positions: Positions) -> int:
    count = 0
    for first in range(positions.first, positions.last + 1, AT_ONCE):
        last = min(first + AT_ONCE - 1, positions.last)
        count += await transaction.execute(REPLAY, *key, first, last)
    return count


async def _replay_failed(transaction: Transaction, key: Key) -> int:
    count = 0
    while some := await transaction.execute(REPLAY_FAILED, *key, AT_ONCE):
        count += some
        if count > MOST_REPLAYED:
            raise ReplayTooLarge
    return count


def _attempt_from(row: Row) -> WebhookAttempt:
    return WebhookAttempt(id=row.id, **{name: row[name] for name in _SHOWN})
