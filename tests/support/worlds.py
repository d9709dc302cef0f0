"""A store and the clock that it goes by, of either kind."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.migrations import migrate
from booking.domain.delivery.delivery import SYSTEM, Subscription
from booking.domain.events import Recorded
from booking.domain.people.contact import Channel
from booking.domain.rate_limit import WINDOW
from tests.fakes import State
from tests.fakes.state import Subscriber
from tests.support.database import Server, in_schema
from tests.support.stores import Store

SERVING_ROLE = "booking_test_serving"
SERVING_PASSWORD = "only-for-tests"


class World(Protocol):
    store: Store

    async def jump(self, by: timedelta) -> None:
        """Moves the store's clock."""

    async def stop(self, at: datetime) -> None:
        """Lets the store's clock stand still, at that instant."""

    async def minutes_pass(self, count: int) -> None:
        """What budgets were used is as old as if the real clock had moved on."""

    async def subscribe(
        self, kind: str, organization_id: UUID = SYSTEM, event_types: Sequence[str] | None = None
    ) -> None:
        """A subscription beside the log, from the first event on."""

    async def unsubscribe(self, kind: str) -> None:
        """The subscriptions of this kind are no more, and nothing of what was to be handed on to them."""

    async def sweep(self, organization_id: UUID) -> None:
        """The coming visits of an organization are to be gone through."""

    async def configure(self, channel: Channel) -> None:
        """A channel is configured now."""

    async def disable(self, kind: str) -> None:
        """Nothing is handed on any more to the subscriptions of this kind."""

    async def attempts(self, kind: str) -> Sequence[tuple[str, int, int | None, str | None, str | None, int]]:
        """What was tried: (type, attempt, status, failure, answer, position in its organization), in order."""

    async def events(self) -> Sequence[tuple[str, str | None, str]]:
        """What was recorded: (type, from state, to state), in order; nothing is marked as handed on.

        Without what is told of agents, whom the builders make with each call."""


@dataclass
class MemoryWorld:
    store: Store
    state: State

    async def jump(self, by: timedelta) -> None:
        self.state.clock = lambda: datetime.now(UTC) + by

    async def stop(self, at: datetime) -> None:
        self.state.clock = lambda: at

    async def minutes_pass(self, count: int) -> None:
        used = self.state.budgets.items()
        self.state.budgets = {(one, who, at - count * WINDOW): spent for (one, who, at), spent in used}

    async def subscribe(
        self, kind: str, organization_id: UUID = SYSTEM, event_types: Sequence[str] | None = None
    ) -> None:
        subscription = Subscription(organization_id=organization_id, id=uuid4(), kind=kind, target=None)
        self.state.subscribers.append(Subscriber(subscription=subscription, event_types=event_types))

    async def unsubscribe(self, kind: str) -> None:
        self.state.subscribers = [one for one in self.state.subscribers if one.subscription.kind != kind]

    async def sweep(self, organization_id: UUID) -> None:
        self.state.notice_sweeps[organization_id] = self.state.clock(), UUID(int=0)

    async def configure(self, channel: Channel) -> None:
        self.state.channels_since[channel] = self.state.clock()

    async def disable(self, kind: str) -> None:
        for one in self.state.subscribers:
            if one.subscription.kind == kind:
                one.disabled_at = self.state.clock()

    async def attempts(self, kind: str) -> Sequence[tuple[str, int, int | None, str | None, str | None, int]]:
        return [
            (one.type, one.attempt, one.status, one.failure, one.answer, one.position or 0)
            for subscriber in self.state.subscribers
            if subscriber.subscription.kind == kind
            for one in subscriber.attempts
        ]

    async def events(self) -> Sequence[tuple[str, str | None, str]]:
        return [_told(recorded) for recorded in self.state.events if not recorded.event.type.startswith("agent.")]


@dataclass
class PostgresWorld:
    store: Store
    owner_url: str
    database: Database

    async def jump(self, by: timedelta) -> None:
        await as_owner(
            self.owner_url,
            "CREATE OR REPLACE FUNCTION booking_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE "
            f"AS 'SELECT now() + interval ''{by.total_seconds()} seconds'''",
        )

    async def stop(self, at: datetime) -> None:
        await as_owner(
            self.owner_url,
            "CREATE OR REPLACE FUNCTION booking_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE "
            f"AS 'SELECT timestamptz ''{at.isoformat()}'''",
        )

    async def minutes_pass(self, count: int) -> None:
        await as_owner(self.owner_url, f"UPDATE budgets SET period = period - interval '{count} minutes'")

    async def subscribe(
        self, kind: str, organization_id: UUID = SYSTEM, event_types: Sequence[str] | None = None
    ) -> None:
        await as_owner(
            self.owner_url,
            "INSERT INTO subscriptions (organization_id, id, kind, event_types, position)"
            " VALUES ($1, gen_random_uuid(), $2, $3, 0)",
            organization_id,
            kind,
            event_types,
        )

    async def unsubscribe(self, kind: str) -> None:
        await as_owner(
            self.owner_url,
            """WITH gone AS (DELETE FROM subscriptions WHERE kind = $1 RETURNING organization_id, id)
               DELETE FROM deliveries d USING gone
               WHERE d.subscription_organization_id = gone.organization_id AND d.subscription_id = gone.id""",
            kind,
        )

    async def sweep(self, organization_id: UUID) -> None:
        await as_owner(
            self.owner_url,
            "INSERT INTO notice_sweeps (organization_id, after_start, after_id) VALUES ($1, booking_now(), $2)",
            organization_id,
            UUID(int=0),
        )

    async def configure(self, channel: Channel) -> None:
        await as_owner(self.owner_url, "INSERT INTO notice_channels VALUES ($1, booking_now())", channel)

    async def disable(self, kind: str) -> None:
        await as_owner(self.owner_url, "UPDATE subscriptions SET disabled_at = booking_now() WHERE kind = $1", kind)

    async def attempts(self, kind: str) -> Sequence[tuple[str, int, int | None, str | None, str | None, int]]:
        rows = await as_owner(
            self.owner_url,
            """SELECT type, attempt, status, failure, answer, a.position FROM webhook_attempts a
               JOIN subscriptions s ON s.organization_id = a.organization_id AND s.id = a.endpoint_id
               WHERE s.kind = $1 ORDER BY a.id""",
            kind,
        )
        return [tuple(row) for row in rows]

    async def events(self) -> Sequence[tuple[str, str | None, str]]:
        rows = await as_owner(
            self.owner_url,
            "SELECT type, from_state, to_state FROM events WHERE type NOT LIKE 'agent.%' ORDER BY seq",
        )
        return [(row["type"], row["from_state"], row["to_state"]) for row in rows]


async def as_owner(owner_url: str, statement: str, *arguments: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(owner_url)
    try:
        return list(await connection.fetch(statement, *arguments))
    finally:
        await connection.close()


async def serving_url(owner_url: str) -> str:
    """The same database as the serving role, which is made if the server has none yet."""
    connection = await asyncpg.connect(owner_url)
    try:
        if not await connection.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = $1", SERVING_ROLE):
            await connection.execute(f"CREATE ROLE {SERVING_ROLE} LOGIN PASSWORD '{SERVING_PASSWORD}'")
    finally:
        await connection.close()
    parts = urlsplit(owner_url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{SERVING_ROLE}:{SERVING_PASSWORD}@{host}").geturl()


@asynccontextmanager
async def migrated_template(server: Server, schema: str | None) -> AsyncIterator[str]:
    """The name of a migrated, empty database to copy; where the tables are in a schema, its owner has made it."""

    async def prepare(owner_url: str) -> None:
        if schema:
            await as_owner(owner_url, f"CREATE SCHEMA {schema}")
            owner_url = in_schema(owner_url, schema)
        await migrate(owner_url, await serving_url(owner_url))

    async with server.template(prepare) as name:
        yield name


def _told(recorded: Recorded) -> tuple[str, str | None, str]:
    return recorded.event.type, recorded.event.from_state, recorded.event.to_state
