"""A database of an earlier release, with what people did in it, becomes one of this release."""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from booking.adapters.postgres import migrations
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.migrations import migrate
from tests.support.database import Server
from tests.support.stores import postgres_store
from tests.support.worlds import serving_url

ORGANIZATION, AGENT, APPLICANT = uuid4(), uuid4(), uuid4()

SLOT = """
    INSERT INTO slots (organization_id, id, property_id, agent_id, start_time, end_time, status)
    VALUES ($1, $2, gen_random_uuid(), $3, date_trunc('day', now()) + $4 * interval '1 hour' + interval '1 day',
            date_trunc('day', now()) + ($4 + 1) * interval '1 hour' + interval '1 day', $5)"""
BOOKING = """
    INSERT INTO bookings (organization_id, id, slot_id, applicant_id, status, notes) VALUES ($1, $2, $3, $4, $5, '')"""
EVENT = """
    INSERT INTO events (organization_id, id, type, actor_role, slot_id, booking_id, to_state)
    VALUES ($1, gen_random_uuid(), $2, 'admin', $3, $4, $5)"""


class Earlier:
    """Writes as the release before does."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self.connection = connection

    async def slot(self, agent: UUID, hour: int, status: str) -> UUID:
        slot_id = uuid4()
        await self.connection.execute(SLOT, ORGANIZATION, slot_id, agent, hour, status)
        await self.connection.execute(EVENT, ORGANIZATION, "slot.created", slot_id, None, "available")
        return slot_id

    async def booking(self, slot: UUID, status: str) -> UUID:
        booking_id = uuid4()
        await self.connection.execute(BOOKING, ORGANIZATION, booking_id, slot, APPLICANT, status)
        await self.connection.execute(EVENT, ORGANIZATION, "booking", slot, booking_id, status)
        return booking_id


@pytest.fixture
async def agents() -> tuple[UUID, UUID]:
    return AGENT, uuid4()


@pytest.fixture
async def earlier(postgres: Server, monkeypatch: pytest.MonkeyPatch, agents: tuple[UUID, UUID]) -> AsyncIterator[str]:
    """A database with the first migration alone, two agents and an applicant."""
    first, *_ = migrations.known()
    async with postgres.fresh("template0") as owner:
        with monkeypatch.context() as patched:
            patched.setattr(migrations, "known", lambda: (first,))
            await migrate(owner, await serving_url(owner))
        connection = await asyncpg.connect(owner)
        for agent in agents:
            await connection.execute(
                "INSERT INTO agents (organization_id, id, subject) VALUES ($1, $2, $3)", ORGANIZATION, agent, str(agent)
            )
        await connection.execute(
            "INSERT INTO applicants (organization_id, id, external_id, name, email, risk_level, screened_at) "
            "VALUES ($1, $2, gen_random_uuid(), 'Ada', 'ada@example.com', 'LOW', now())",
            ORGANIZATION,
            APPLICANT,
        )
        await connection.close()
        yield owner


async def test_what_was_booked_before_is_kept_and_keeps_every_invariant(
    earlier: str, agents: tuple[UUID, UUID]
) -> None:
    """Visits that overlap could be booked then, and are kept; the rule holds for what is booked from now on."""
    connection = await asyncpg.connect(earlier)
    before = Earlier(connection)
    free = await before.slot(AGENT, 10, "available")
    await before.booking(free, "cancelled_by_applicant")
    one = await before.booking(await before.slot(AGENT, 12, "booked"), "confirmed")
    other = await before.booking(await before.slot(agents[1], 12, "booked"), "confirmed")
    assert await migrate(earlier, await serving_url(earlier)) == [known.name for known in migrations.known()[1:]]
    rows = await connection.fetch("SELECT id, status, place, capacity, start_time IS NULL AS apart FROM bookings")
    assert {row["id"] for row in rows if row["status"] == "confirmed"} == {one, other}
    assert [row["apart"] for row in rows if row["status"] == "confirmed"].count(True) == 1
    assert {(row["place"], row["capacity"]) for row in rows if row["status"] == "confirmed"} == {(1, 1)}
    assert {(row["place"], row["capacity"]) for row in rows if row["status"] != "confirmed"} == {(None, None)}
    database = Database(await serving_url(earlier))
    violations = await postgres_store(database).auditor.violations()
    await database.close()
    assert set(violations.values()) == {0}
    times = await connection.fetch("SELECT kind, id FROM agent_times")
    slots = await connection.fetch("SELECT id FROM slots")
    assert {tuple(row) for row in times} == {("slot", row["id"]) for row in slots}
    await connection.close()


async def test_the_release_before_goes_on_working_beside_this_one(earlier: str, agents: tuple[UUID, UUID]) -> None:
    """As the serving role: it books, cancels, and cannot book twice."""
    await migrate(earlier, await serving_url(earlier))
    connection = await asyncpg.connect(await serving_url(earlier))
    before = Earlier(connection)
    slot = await before.slot(AGENT, 10, "booked")
    booking = await before.booking(slot, "confirmed")
    with pytest.raises(asyncpg.UniqueViolationError):
        await before.booking(slot, "confirmed")
    await connection.execute("UPDATE bookings SET status = 'cancelled_by_applicant' WHERE id = $1", booking)
    await before.booking(slot, "confirmed")
    await connection.close()


async def test_a_migration_lets_others_pass_while_it_waits_for_a_long_transaction(earlier: str) -> None:
    """As the serving role, which waits for a lock for a second at the most."""
    report, serving = await asyncpg.connect(earlier), await asyncpg.connect(await serving_url(earlier))
    async with report.transaction():
        await report.execute("LOCK TABLE slots, bookings, events IN ACCESS SHARE MODE")
        migrating = asyncio.create_task(migrate(earlier, await serving_url(earlier)))
        until = time.monotonic() + 2.0
        while time.monotonic() < until:
            assert await serving.fetchval("SELECT count(*) FROM bookings JOIN events ON false") == 0
        assert not migrating.done()
    assert await migrating == [known.name for known in migrations.known()[1:]]
    await report.close()
    await serving.close()


async def test_a_migration_that_is_never_let_in_says_so(earlier: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "PATIENCE", 0.0)
    report = await asyncpg.connect(earlier)
    async with report.transaction():
        await report.execute("LOCK TABLE bookings IN ACCESS SHARE MODE")
        with pytest.raises(migrations.MigrationError, match="long transactions"):
            await migrate(earlier, await serving_url(earlier))
    await report.close()
