"""Webhook endpoints that fail, in PostgreSQL."""

from collections.abc import Sequence
from datetime import timedelta

from booking.adapters.postgres import sql
from booking.adapters.postgres.delivery.webhooks import endpoint_from
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.events import record
from booking.domain.delivery import events
from booking.domain.delivery.webhook_endpoint import WebhookEndpoint
from booking.domain.events import CLOCK
from booking.domain.values import replace
from booking.service.ports import Lease

MOST = 100  # endpoints a transaction

FAILING = sql.composed("webhooks", "failing")
WARN = sql.query("webhooks", "warn", ("organization_ids", "ids"))
DISABLE = sql.query("webhooks", "disable", ("organization_ids", "ids"))


class PostgresFailingEndpoints:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def warn(self, failing_for: timedelta, lease: Lease) -> int:
        async def work(transaction: Transaction) -> int:
            failing = await _failing(transaction, failing_for, lease, unwarned=True)
            if failing:
                await transaction.fetch(WARN, *_keys(failing))
                await record(transaction, *(events.endpoint_failing(one, CLOCK) for one in failing))
            return len(failing)

        return await self._database.unit(work)

    async def disable(self, failing_for: timedelta, lease: Lease) -> int:
        async def work(transaction: Transaction) -> int:
            failing = await _failing(transaction, failing_for, lease)
            if failing:
                (row,) = await transaction.fetch(DISABLE, *_keys(failing))
                disabled = [replace(one, disabled_at=row.now) for one in failing]
                happened = zip(failing, disabled, strict=True)
                await record(transaction, *(events.endpoint_disabled(was, now, CLOCK) for was, now in happened))
            return len(failing)

        return await self._database.unit(work)


async def _failing(
    transaction: Transaction, failing_for: timedelta, lease: Lease, *, unwarned: bool | None = None
) -> Sequence[WebhookEndpoint]:
    inputs = {"failing_for": failing_for, "most": MOST, "lease": lease.name, "token": lease.token}
    return [endpoint_from(row) for row in await transaction.fetch(*FAILING.given(**inputs, unwarned=unwarned))]


def _keys(endpoints: Sequence[WebhookEndpoint]) -> tuple[list[object], list[object]]:
    return [one.organization_id for one in endpoints], [one.id for one in endpoints]
