"""Older events get the positions of their organizations, in batches, before or while newer ones are placed."""

from collections.abc import Sequence

import asyncpg
import pytest

from booking.adapters.postgres import migrations
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.migrations import migrate
from booking.adapters.postgres.steps import NotUnique, steps_of
from booking.service.audit import SealingService
from tests.builders import Organization, organization
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner, serving_url

OWN = """SELECT array_agg(organization_position ORDER BY position) AS own FROM events
    WHERE organization_id = $1 AND position IS NOT NULL"""

HAPPENED = """INSERT INTO events (organization_id, id, type, actor_role, to_state)
    VALUES ($1, gen_random_uuid(), 'policy.changed', 'admin', '2')"""


async def of_a_former_release(owner_url: str) -> None:
    """As if everything had been placed before there was a second position."""
    await as_owner(owner_url, "UPDATE events SET organization_position = NULL")
    await as_owner(owner_url, "UPDATE positions SET numbered = 0")
    await as_owner(owner_url, "DELETE FROM organization_positions")


async def own(owner_url: str, agency: Organization) -> Sequence[int | None]:
    (row,) = await as_owner(owner_url, OWN, agency.organization_id)
    found: Sequence[int | None] = row["own"]
    return found


async def happened(owner_url: str, agency: Organization, count: int) -> None:
    for _ in range(count):
        await as_owner(owner_url, HAPPENED, agency.organization_id)


@pytest.fixture
async def two(database: Database, owner_url: str) -> tuple[Organization, Organization]:
    """Two organizations with four and three events, which are placed."""
    store = postgres_store(database)
    one, other = organization(store), organization(store)
    for agency, count in ((one, 2), (other, 3), (one, 2)):
        await happened(owner_url, agency, count)
    await store.outbox.place(100)
    return one, other


async def test_a_migration_numbers_older_events_in_batches(
    two: tuple[Organization, Organization], owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await of_a_former_release(owner_url)
    _, _, _, numbered = steps_of("0017_order.sql")
    batches = [numbered._replace(statement="SELECT number_events(2)")]
    monkeypatch.setattr(migrations, "steps_of", lambda name: batches if name == "0017_order.sql" else [])
    assert await migrate(owner_url, await serving_url(owner_url)) == []
    assert [await own(owner_url, agency) for agency in two] == [[1, 2, 3, 4], [1, 2, 3]]
    (row,) = await as_owner(owner_url, "SELECT last, numbered FROM positions")
    assert tuple(row) == (7, 7)


async def test_the_relay_numbers_them_too_and_no_later_event_goes_before_them(
    two: tuple[Organization, Organization], owner_url: str
) -> None:
    one, other = two
    await of_a_former_release(owner_url)
    await happened(owner_url, one, 2)
    outbox = one.store.outbox
    assert await outbox.place(3) == 2
    assert [await own(owner_url, agency) for agency in two] == [[1, 2, None, None, None, None], [1, None, None]]
    await happened(owner_url, other, 1)
    assert await outbox.place(4) == 1
    assert [await own(owner_url, agency) for agency in two] == [[1, 2, 3, 4, None, None], [1, 2, 3, None]]
    await happened(owner_url, one, 1)
    assert await outbox.place(4) == 1
    assert [await own(owner_url, agency) for agency in two] == [[1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4]]
    found = {name: count for name, count in (await one.store.auditor.violations()).items() if count}
    assert found == {}


async def test_an_event_is_sealed_once_it_has_its_organization_s_position(
    two: tuple[Organization, Organization], owner_url: str
) -> None:
    """The seal covers that, so it must not come later."""
    await of_a_former_release(owner_url)
    store = two[0].store
    sealing = SealingService(store.trail, store.now, b"s" * 32)
    assert await sealing.seal() is None
    await happened(owner_url, two[0], 1)
    for last in (3, 6, 8):
        await store.outbox.place(3)
        sealed = await sealing.seal()
        assert sealed is not None
        assert sealed.last == last
    assert [one async for one in sealing.breaches()] == []


async def test_an_index_that_was_left_half_built_is_built_anew_and_a_double_position_is_told(
    two: tuple[Organization, Organization], owner_url: str
) -> None:
    (row,) = await as_owner(owner_url, "SELECT tableoid::regclass::text AS name FROM events WHERE position = 1")
    index = f"{row['name']}_in_order"
    copied = """INSERT INTO events (organization_id, id, type, actor_role, to_state, occurred_at, position)
        SELECT organization_id, gen_random_uuid(), type, actor_role, to_state, occurred_at, position
        FROM events WHERE position = 2"""
    await as_owner(owner_url, f"DROP INDEX {index}")
    await as_owner(owner_url, copied)
    serving = await serving_url(owner_url)
    with pytest.raises(NotUnique, match=f"^{row['name']} has two rows that are equal where {index} lets none be"):
        await migrate(owner_url, serving)
    valid = "SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass($1)"
    assert [tuple(one) for one in await as_owner(owner_url, valid, index)] == [(False,)]
    await as_owner(owner_url, "DELETE FROM events WHERE position = 2 AND organization_position IS NULL")
    assert await migrate(owner_url, serving) == []
    assert [tuple(one) for one in await as_owner(owner_url, valid, index)] == [(True,)]
    with pytest.raises(asyncpg.UniqueViolationError):
        await as_owner(owner_url, copied)


async def test_events_are_placed_on_when_a_later_migration_adds_a_column(
    two: tuple[Organization, Organization], owner_url: str
) -> None:
    """By the same connections, which have their plans from before."""
    one, _ = two
    await happened(owner_url, one, 1)
    assert await one.store.outbox.place(10) == 1
    await as_owner(owner_url, "ALTER TABLE events ADD COLUMN newer text")
    await happened(owner_url, one, 1)
    assert await one.store.outbox.place(10) == 1
