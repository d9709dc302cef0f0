"""Subscriptions beside a relay of the release before, whose statement makes a delivery of each event that it places."""

import pytest

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.errors import StatementRefused
from booking.domain.delivery.delivery import LOG, SYSTEM, Settlement, Subscription
from booking.domain.events import Recorded
from booking.entrypoints.relay import LEASE, Relay
from tests.builders import Organization, organization
from tests.support.notifiers import Telling
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

# The statement of the release before (ADR 26), as far as it is about what it places.
FORMER = """
    WITH placed AS (
        SELECT p.*, coalesce(
            p.booking_id, p.slot_id, p.applicant_id, p.property_id, p.agent_id, p.organization_id) AS line
        FROM place_events((SELECT last FROM positions), 50) p),
    entered AS (
        SELECT p.*, CASE WHEN row_number() OVER (PARTITION BY organization_id, line ORDER BY position) = 1
            AND NOT EXISTS (SELECT FROM deliveries d WHERE d.organization_id = p.organization_id AND d.line = p.line
                            AND d.died_at IS NULL) THEN 1 ELSE 0 END AS token
        FROM placed p),
    delivering AS (
        INSERT INTO deliveries (organization_id, event_id, occurred_at, position, line, token, due_at)
        SELECT organization_id, id, occurred_at, position, line, token,
               booking_now() + CASE WHEN token > 0 THEN interval '30 seconds' ELSE interval '0' END
        FROM entered)
    SELECT position, token FROM entered ORDER BY position"""
OLD_ENOUGH = "UPDATE subscriptions SET leased_until = leased_until - interval '11 seconds'"


async def former(database: Database) -> list[tuple[int, int]]:
    """What it places, and leases to itself where the token is 1."""

    return [(row.position, row.token) for row in await database.write(FORMER)]


class Heard:
    def __init__(self, database: Database) -> None:
        self.positions: list[Recorded] = []
        self.relay = Relay(postgres_store(database).outbox, {"log": Telling(self)}, chance=lambda: 0.0)

    async def __call__(self, recorded: Recorded, _: Subscription) -> None:
        self.positions.append(recorded)

    async def all(self) -> list[str]:
        """What it hears, by type."""
        self.positions.clear()
        while await self.relay.step():
            pass
        return [recorded.event.type for recorded in self.positions]


async def test_the_log_goes_on_whatever_an_organization_is_called(database: Database, owner_url: str) -> None:
    """Also one whose id is the system's, which has a last position of its own: found by the fuzz."""
    agency, heard = organization(postgres_store(database)), Heard(database)
    await as_owner(owner_url, "INSERT INTO organization_positions (organization_id, last) VALUES ($1, 1)", SYSTEM)
    await happened(agency, owner_url, 5)
    assert len(await heard.all()) == 5
    assert await agency.store.outbox.waiting() == 0
    violations = await agency.store.auditor.violations()
    assert violations["subscription that is further than the order has come"] == 0


async def happened(agency: Organization, owner_url: str, count: int) -> None:
    for _ in range(count):
        await as_owner(
            owner_url,
            "INSERT INTO events (organization_id, id, type, actor_role, to_state)"
            " VALUES ($1, gen_random_uuid(), 'policy.changed', 'admin', '2')",
            agency.organization_id,
        )


async def test_the_release_before_hands_on_alone_what_is_then_not_handed_on_again(
    database: Database, owner_url: str
) -> None:
    agency = organization(postgres_store(database))
    await happened(agency, owner_url, 2)
    assert await former(database) == [(1, 1), (2, 0)]
    assert await former(database) == []
    await as_owner(owner_url, "DELETE FROM deliveries WHERE position = 1")  # it was heard
    await happened(agency, owner_url, 1)
    assert await former(database) == [(3, 0)]
    assert await Heard(database).all() == ["policy.changed"] * 2, "the two that waited, and nothing twice"


async def test_the_release_before_stands_back_while_this_one_is_at_work(database: Database, owner_url: str) -> None:
    agency, heard = organization(postgres_store(database)), Heard(database)
    await happened(agency, owner_url, 1)
    assert await heard.all() == ["policy.changed"]
    await happened(agency, owner_url, 1)
    assert await former(database) == []
    await as_owner(owner_url, OLD_ENOUGH)
    assert await former(database) == [(2, 1)]
    assert await heard.all() == []


async def test_what_this_release_left_behind_the_one_before_takes_up(database: Database, owner_url: str) -> None:
    """After a roll-back: placed, and leased to an instance that is gone."""
    store = postgres_store(database)
    await happened(organization(store), owner_url, 3)
    await store.outbox.place(10)
    (batch,) = await store.outbox.take({"log": 1}, 1, 10, LEASE)
    assert await former(database) == []
    await as_owner(owner_url, OLD_ENOUGH)
    assert await former(database) == [], "it has its lease still"
    await as_owner(owner_url, "UPDATE subscriptions SET leased_until = leased_until - interval '30 seconds'")
    assert await former(database) == [(1, 1), (2, 0), (3, 0)]
    assert await former(database) == []
    assert not await store.outbox.settle(batch, Settlement(heard=batch.deliveries, failed=[], waiting=[]))


async def test_once_there_is_another_subscriber_the_release_before_hands_on_nothing(
    database: Database, owner_url: str
) -> None:
    await happened(organization(postgres_store(database)), owner_url, 1)
    await as_owner(
        owner_url,
        "INSERT INTO subscriptions (organization_id, id, kind, position) VALUES ($1, gen_random_uuid(), 'bus', 0)",
        SYSTEM,
    )
    with pytest.raises(StatementRefused) as refused:
        await former(database)
    assert refused.value.sqlstate == "0A000"
    assert await Heard(database).all() == ["policy.changed"]


async def test_nobody_hears_of_another_organization_s_events(database: Database, owner_url: str) -> None:
    agency = organization(postgres_store(database))
    await happened(agency, owner_url, 1)
    with pytest.raises(StatementRefused) as refused:
        await database.write(
            "INSERT INTO deliveries (organization_id, event_id, occurred_at, position, line,"
            " subscription_organization_id, subscription_id)"
            " SELECT organization_id, id, occurred_at, 1, id, gen_random_uuid(), id FROM events"
        )
    assert refused.value.sqlstate == "23514"


async def test_the_serving_role_makes_nobody_s_subscription_another_one_s(database: Database) -> None:
    for statement in (
        "UPDATE subscriptions SET kind = 'webhook'",
        f"UPDATE subscriptions SET organization_id = gen_random_uuid() WHERE id = '{LOG}'",
        "UPDATE subscriptions SET id = gen_random_uuid()",
    ):
        with pytest.raises(StatementRefused) as refused:
            await database.write(statement)
        assert (statement, refused.value.sqlstate) == (statement, "42501")
