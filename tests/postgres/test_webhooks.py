"""Webhook endpoints in PostgreSQL: constraints, replays in parts, and what is not kept any more."""

import asyncio

import asyncpg
import pytest

from booking.adapters.postgres.delivery import webhook_deliveries
from booking.adapters.postgres.engine.database import Database
from booking.domain.delivery.refusals import ReplayTooLarge
from booking.domain.delivery.webhook_delivery import Positions
from booking.domain.delivery.webhook_endpoint import MOST, EndpointSettings, WebhookEndpoint
from booking.domain.refusals import PositionRetired
from tests.builders import Organization, organization
from tests.support.locks import waits
from tests.support.stores import postgres_store
from tests.support.worlds import PostgresWorld, as_owner

URL = "https://hooks.example.com/"


@pytest.fixture
def world(database: Database, owner_url: str) -> PostgresWorld:
    return PostgresWorld(postgres_store(database), owner_url, database)


async def made(agency: Organization) -> WebhookEndpoint:
    return (await agency.webhooks.create(await agency.admin(), EndpointSettings(url=URL))).endpoint


async def heard(world: PostgresWorld, agency: Organization, count: int) -> tuple[WebhookEndpoint, int]:
    """An endpoint that has come to the head, which is at least at that position."""
    endpoint = await made(agency)
    await agency.slots_of(await agency.agent(), count)
    await world.store.outbox.place(10_000)
    head = (await agency.webhooks.get(await agency.admin(), endpoint.id)).endpoint.head
    await as_owner(world.owner_url, "UPDATE subscriptions SET position = $2 WHERE id = $1", endpoint.id, head)
    return endpoint, head


async def due(world: PostgresWorld) -> int:
    (row,) = await as_owner(
        world.owner_url, "SELECT count(*) FROM deliveries WHERE due_at <= booking_now() AND attempts = 0"
    )
    return int(row["count"])


async def test_the_database_holds_twenty_endpoints_of_an_organization_and_no_more(world: PostgresWorld) -> None:
    agency = organization(world.store)
    endpoint = await made(agency)
    more = (
        "INSERT INTO webhook_endpoints (organization_id, id, number, secret) SELECT organization_id, id, $2, secret"
        " FROM webhook_endpoints WHERE id = $1"
    )
    with pytest.raises(asyncpg.CheckViolationError):
        await as_owner(world.owner_url, more, endpoint.id, MOST + 1)
    with pytest.raises(asyncpg.UniqueViolationError):
        await as_owner(world.owner_url, more, endpoint.id, 1)


async def test_who_loses_a_number_to_another_admin_takes_the_next(world: PostgresWorld) -> None:
    agency = organization(world.store)
    endpoint = await made(agency)
    other = await asyncpg.connect(world.owner_url)
    try:
        async with other.transaction():
            await other.execute(
                "WITH copied AS (INSERT INTO subscriptions (organization_id, id, kind, target, position)"
                " SELECT organization_id, gen_random_uuid(), kind, target, position FROM subscriptions WHERE id = $1"
                " RETURNING organization_id, id)"
                " INSERT INTO webhook_endpoints (organization_id, id, number, secret)"
                " SELECT organization_id, id, 2, 'x' FROM copied",
                endpoint.id,
            )
            late = asyncio.create_task(made(agency))
            assert await waits(world.owner_url, "INSERT INTO webhook_endpoints", late)
        await late
    finally:
        await other.close()
    rows = await as_owner(world.owner_url, "SELECT number FROM webhook_endpoints ORDER BY number")
    assert [row["number"] for row in rows] == [1, 2, 3]


async def test_a_replay_in_several_statements_has_each_event_once(
    world: PostgresWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency = organization(world.store)
    await heard(world, agency, 6)
    endpoint, head = await heard(world, agency, 1)
    admin, deliveries = await agency.admin(), agency.webhook_deliveries(None)  # type: ignore[arg-type]
    monkeypatch.setattr(webhook_deliveries, "AT_ONCE", 3)
    assert await deliveries.replay(admin, endpoint.id, Positions(first=2, last=head)) == head - 1
    assert await due(world) == head - 1
    await as_owner(world.owner_url, "UPDATE deliveries SET attempts = 3, due_at = 'infinity'")
    assert await deliveries.replay(admin, endpoint.id, None) == head - 1
    assert await due(world) == head - 1


async def test_a_replay_of_too_much_that_failed_changes_nothing(
    world: PostgresWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency = organization(world.store)
    endpoint, head = await heard(world, agency, 4)
    admin, deliveries = await agency.admin(), agency.webhook_deliveries(None)  # type: ignore[arg-type]
    await deliveries.replay(admin, endpoint.id, Positions(first=1, last=head))
    await as_owner(world.owner_url, "UPDATE deliveries SET attempts = 3")
    monkeypatch.setattr(webhook_deliveries, "AT_ONCE", 2)
    monkeypatch.setattr(webhook_deliveries, "MOST_REPLAYED", head - 1)
    with pytest.raises(ReplayTooLarge):
        await deliveries.replay(admin, endpoint.id, None)
    assert await due(world) == 0


async def test_positions_of_events_that_are_dropped_are_retired(world: PostgresWorld) -> None:
    agency = organization(world.store)
    endpoint, head = await heard(world, agency, 4)
    admin, deliveries = await agency.admin(), agency.webhook_deliveries(None)  # type: ignore[arg-type]
    await as_owner(world.owner_url, "DELETE FROM events WHERE organization_position < 3")
    with pytest.raises(PositionRetired):
        await deliveries.replay(admin, endpoint.id, Positions(first=2, last=head))
    assert await deliveries.replay(admin, endpoint.id, Positions(first=3, last=head)) == head - 2


async def test_what_is_due_to_an_endpoint_goes_with_it_and_only_that(world: PostgresWorld) -> None:
    agency = organization(world.store)
    gone, _ = await heard(world, agency, 2)
    other, _ = await heard(world, agency, 1)
    admin, deliveries = await agency.admin(), agency.webhook_deliveries(None)  # type: ignore[arg-type]
    for endpoint in (gone, other):
        assert await deliveries.replay(admin, endpoint.id, Positions(first=1, last=3)) == 3
    await agency.webhooks.remove(admin, gone.id)
    left = await as_owner(world.owner_url, "SELECT DISTINCT subscription_id AS id FROM deliveries")
    assert [row["id"] for row in left] == [other.id]


async def test_what_a_replay_makes_meanwhile_goes_with_the_endpoint_too(world: PostgresWorld) -> None:
    agency = organization(world.store)
    endpoint, _ = await heard(world, agency, 2)
    other = await asyncpg.connect(world.owner_url)
    try:
        async with other.transaction():
            await other.execute("SELECT FROM subscriptions WHERE id = $1 FOR KEY SHARE", endpoint.id)
            await other.execute(
                "INSERT INTO deliveries (subscription_organization_id, subscription_id, organization_id, event_id,"
                " occurred_at, position, line, attempts, due_at)"
                " SELECT organization_id, $2, organization_id, id, occurred_at, position, id, 0, booking_now()"
                " FROM events WHERE organization_id = $1 AND position IS NOT NULL",
                *endpoint.key,
            )
            removed = asyncio.create_task(agency.webhooks.remove(await agency.admin(), endpoint.id))
            assert await waits(world.owner_url, "subscriptions", removed)
        await removed
    finally:
        await other.close()
    assert await due(world) == 0


async def test_no_secret_is_in_the_database_in_plain(world: PostgresWorld) -> None:
    agency = organization(world.store)
    admin = await agency.admin()
    shown = await agency.webhooks.create(admin, EndpointSettings(url=URL))
    rotated = await agency.webhooks.rotate(admin, shown.endpoint.id)
    (row,) = await as_owner(world.owner_url, "SELECT secret, former_secret FROM webhook_endpoints")
    kept = bytes(row["secret"]) + bytes(row["former_secret"])
    for secret in (shown.secret, rotated.secret):
        assert secret is not None
        assert secret.encode() not in kept
        assert secret.removeprefix("whsec_").encode() not in kept
