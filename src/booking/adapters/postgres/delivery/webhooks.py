"""Webhook endpoints in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.engine.sql_files import Query
from booking.adapters.postgres.events import record
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.rights import granted
from booking.domain.authority import AgentRight
from booking.domain.delivery import events
from booking.domain.delivery.refusals import TooManyWebhookEndpoints, WebhookEndpointNotFound
from booking.domain.delivery.webhook_endpoint import BOTH_SIGN, MOST, EndpointSettings, EndpointStatus, WebhookEndpoint
from booking.domain.keys import Key
from booking.domain.refusals import PreconditionFailed

_KEY = ("organization_id", "id")
OF_ORGANIZATION = sql.composed("webhooks", "of_organization")
LOCK = sql.query("webhooks", "lock", _KEY)
SHARE = sql.query("webhooks", "share", _KEY)
LOCK_FOR_REMOVAL = sql.query("webhooks", "lock_for_removal", _KEY)
SUBSCRIBE = sql.query("webhooks", "subscribe", (*_KEY, "url", "types"))
ADD = sql.query("webhooks", "add", (*_KEY, "description", "secret", "most"))
COUNT = sql.query("webhooks", "count", ("organization_id",))
CHANGE = sql.query("webhooks", "change", (*_KEY, "description", "anew"))
CHANGE_SUBSCRIPTION = sql.query("webhooks", "change_subscription", (*_KEY, "url", "types", "enabled", "anew"))
REVIVE = sql.query("webhooks", "revive", (*_KEY, "failing_since"))
ROTATE = sql.query("webhooks", "rotate", (*_KEY, "secret", "lasting"))
REMOVE = sql.query("webhooks", "remove", _KEY)
SECRETS = sql.query("webhooks", "secrets", _KEY)


class PostgresWebhookEndpoints:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, key: Key, settings: EndpointSettings, secret: bytes, by: AgentRight) -> WebhookEndpoint:
        async def work(transaction: Transaction) -> WebhookEndpoint:
            actor = await granted(transaction, by)
            await transaction.fetch(SUBSCRIBE, *key, settings.url, _array(settings.types))
            while not await transaction.fetch(ADD, *key, settings.description, secret, MOST):
                (row,) = await transaction.fetch(COUNT, key[0])
                if row.count >= MOST:
                    raise TooManyWebhookEndpoints
            added = await locked_endpoint(transaction, key)
            await record(transaction, events.endpoint_created(added, actor))
            await keep(transaction, [(by, (added,))])
            return added

        return await self._database.unit(work)

    async def of_organization(self, organization_id: UUID) -> Sequence[WebhookEndpoint]:
        rows = await self._database.fetch(*OF_ORGANIZATION.given(organization_id=organization_id, id=None))
        return [endpoint_from(row) for row in rows]

    async def get(self, key: Key) -> WebhookEndpoint | None:
        rows = await self._database.fetch(*OF_ORGANIZATION.given(organization_id=key[0], id=key[1]))
        return endpoint_from(rows[0]) if rows else None

    async def change(
        self, key: Key, settings: EndpointSettings, status: EndpointStatus | None, expected: int, by: AgentRight
    ) -> WebhookEndpoint:
        async def work(transaction: Transaction) -> WebhookEndpoint:
            actor = await granted(transaction, by)
            was = await locked_endpoint(transaction, key)
            if was.version != expected:
                raise PreconditionFailed
            enabled = (status or was.status) is EndpointStatus.ENABLED
            anew = status is EndpointStatus.ENABLED or settings.url != was.settings.url
            await transaction.fetch(CHANGE, *key, settings.description, anew)
            await transaction.fetch(CHANGE_SUBSCRIPTION, *key, settings.url, _array(settings.types), enabled, anew)
            if anew:
                await transaction.fetch(REVIVE, *key, was.failing_since)
            now = await locked_endpoint(transaction, key)
            await record(transaction, events.endpoint_changed(was, now, actor))
            await keep(transaction, [(by, (now,))])
            return now

        return await self._database.unit(work)

    async def rotate(self, key: Key, secret: bytes, by: AgentRight) -> WebhookEndpoint:
        async def work(transaction: Transaction) -> WebhookEndpoint:
            actor = await granted(transaction, by)
            await locked_endpoint(transaction, key)
            await transaction.fetch(ROTATE, *key, secret, BOTH_SIGN)
            rotated = await locked_endpoint(transaction, key)
            await record(transaction, events.endpoint_secret_rotated(rotated, actor))
            await keep(transaction, [(by, (rotated,))])
            return rotated

        return await self._database.unit(work)

    async def remove(self, key: Key, by: AgentRight) -> None:
        async def work(transaction: Transaction) -> None:
            actor = await granted(transaction, by)
            was = await locked_endpoint(transaction, key, LOCK_FOR_REMOVAL)
            await transaction.fetch(REMOVE, *key)
            await record(transaction, events.endpoint_deleted(was, actor))
            await keep(transaction, [(by, ())])

        await self._database.unit(work)

    async def secrets(self, key: Key) -> Sequence[bytes]:
        rows = await self._database.fetch(SECRETS, *key)
        return [one for row in rows for one in (row.secret, row.former_secret) if one is not None]


async def locked_endpoint(transaction: Transaction, key: Key, how: Query = LOCK) -> WebhookEndpoint:
    row = await transaction.first(how, *key)
    if row is None:
        raise WebhookEndpointNotFound
    return endpoint_from(row)


def _array(types: Sequence[str] | None) -> list[str] | None:
    return None if types is None else [str(one) for one in types]


def endpoint_from(row: Row) -> WebhookEndpoint:
    types = row.event_types
    return WebhookEndpoint(
        organization_id=row.organization_id,
        id=row.id,
        settings=EndpointSettings(
            url=row.target, types=None if types is None else tuple(types), description=row.description
        ),
        version=row.version,
        position=row.position,
        head=row.head,
        failing_since=row.failing_since,
        disabled_at=row.disabled_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
