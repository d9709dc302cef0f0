"""Units of work: whole or not at all, repeated when that is right, and told in our words when it is not."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg
import pytest
import sqlalchemy as sa

from booking.adapters.postgres.engine import pool as door_module
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.errors import ATTEMPTS, StatementRefused
from booking.adapters.postgres.engine.pool import MOST
from booking.adapters.postgres.engine.statements import Prepared
from booking.adapters.postgres.tables.visits import slots
from booking.adapters.postgres.visits import slots as slots_module
from booking.adapters.postgres.visits.rosters import writes
from booking.domain.people.agent import AgentRole
from booking.domain.refusals import Unavailable
from booking.domain.visits.slot import SlotStatus
from booking.service.ports import Lost
from tests.builders import HOUR, claims, organization
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner, serving_url


class Cut(Exception):
    """The process ends here."""


async def test_a_crash_between_slot_and_event_leaves_nothing_behind(
    database: Database, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slot, booking and event are one transaction; a booking by itself is one statement."""

    async def cut(*_: object) -> None:
        raise Cut

    def cut_here(_: object) -> None:
        raise Cut

    agency = organization(postgres_store(database))
    agent, applicant = await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent)
    kept = await as_owner(owner_url, "SELECT id FROM events ORDER BY seq")
    monkeypatch.setattr(writes, "event_row", cut_here)
    monkeypatch.setattr(slots_module, "record", cut)
    with pytest.raises(Cut):
        await agency.holds.hold(applicant, slot.id)
    with pytest.raises(Cut):
        await agency.slots.cancel(agent, slot.id)
    with pytest.raises(Cut):
        await agency.slot(agent, starts_in=3 * HOUR)
    monkeypatch.undo()
    await as_owner(owner_url, "ALTER TABLE events ADD CONSTRAINT cut CHECK (type <> 'booking.confirmed') NOT VALID")
    with pytest.raises(StatementRefused):
        await agency.book(applicant, slot.id, "")
    await as_owner(owner_url, "ALTER TABLE events DROP CONSTRAINT cut")
    assert (await agency.see(agent, slot.id)).status is SlotStatus.AVAILABLE
    assert await as_owner(owner_url, "SELECT id FROM events ORDER BY seq") == kept
    assert await as_owner(owner_url, "SELECT id FROM bookings") == []
    booking = await agency.book(applicant, slot.id, "")
    monkeypatch.setattr(writes, "event_row", cut_here)
    with pytest.raises(Cut):
        await agency.bookings.cancel(applicant, booking.id)
    assert (await agency.see(agent, slot.id)).status is SlotStatus.BOOKED


ALL_SLOTS = sa.select(slots)


async def _read(database: Database) -> int:
    return len(await database.fetch(ALL_SLOTS))


async def _prepared(database: Database) -> int:
    return len(await database.fetch(Prepared(ALL_SLOTS, ())))


async def _in_a_unit(database: Database) -> int:
    async def work(transaction: Transaction) -> int:
        return len(await transaction.fetch(ALL_SLOTS))

    return await database.unit(work)


@pytest.mark.parametrize("way", [_read, _prepared, _in_a_unit])
async def test_a_migration_that_changes_a_type_keeps_nobody_from_an_answer(
    database: Database, owner_url: str, way: Callable[[Database], Awaitable[int]]
) -> None:
    """A statement's plan is kept, with the types of what it returns; PostgreSQL refuses it then."""
    agency = organization(postgres_store(database))
    await agency.slot(await agency.agent())

    for _ in range(2):
        assert await asyncio.gather(*(way(database) for _ in range(MOST))) == [1] * MOST
    await as_owner(owner_url, "CREATE DOMAIN word AS text")
    await as_owner(owner_url, "ALTER TABLE slots ALTER COLUMN status TYPE word")
    assert await way(database) == 1


@pytest.mark.parametrize("state", ["40P01", "40001"])
async def test_a_deadlock_is_tried_again_and_given_up_after_three_times(database: Database, state: str) -> None:
    tries = 0

    async def work(transaction: Transaction, *, failing: int) -> str:
        nonlocal tries
        tries += 1
        if tries <= failing:
            await transaction.execute(sa.text(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$"))
        return "done"

    assert await database.unit(lambda transaction: work(transaction, failing=ATTEMPTS - 1)) == "done"
    assert tries == ATTEMPTS
    tries = 0
    with pytest.raises(Unavailable):
        await database.unit(lambda transaction: work(transaction, failing=99))
    assert tries == ATTEMPTS


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("23505", Lost),
        ("23P01", Lost),
        ("55P03", Unavailable),
        ("57014", Unavailable),
        ("53300", Unavailable),
        ("57P01", Unavailable),
        ("08006", Unavailable),
    ],
)
async def test_errors_are_told_apart_by_their_state(database: Database, state: str, told: type[Exception]) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.execute(sa.text(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$"))

    with pytest.raises(told):
        await database.unit(work)


@pytest.mark.parametrize("state", ["0A000", "42501", "42703", "42P01", "23514", "22021", "XX000"])
async def test_a_statement_that_the_database_refuses_is_a_fault_and_never_tried_again(
    database: Database, state: str
) -> None:
    tries = 0

    async def work(transaction: Transaction) -> None:
        nonlocal tries
        tries += 1
        await transaction.execute(f"DO $$ BEGIN RAISE EXCEPTION 'secret' USING ERRCODE = '{state}'; END $$")

    with pytest.raises(StatementRefused) as told:
        await database.unit(work)
    assert (tries, told.value.sqlstate, "secret" in str(told.value)) == (1, state, False)
    with pytest.raises(StatementRefused):
        await database.fetch(sa.text(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$"))


async def test_a_refused_statement_is_named_by_its_module_and_function(database: Database, owner_url: str) -> None:
    store = postgres_store(database)
    agency = organization(store)
    agent, applicant = await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent)
    await as_owner(owner_url, "ALTER TABLE bookings RENAME COLUMN place TO was_place")
    await as_owner(owner_url, "ALTER TABLE policies RENAME COLUMN version TO was_version")
    named = set()
    for asked in (
        store.policies.settings(agency.organization_id, None),
        agency.see(agent, slot.id),
        agency.book(applicant, slot.id),
        agency.holds.hold(applicant, slot.id),
    ):
        with pytest.raises(StatementRefused) as told:
            await asked
        assert told.value.sqlstate == "42703"
        named.add(told.value.statement)
    assert named == {
        "properties.policies.PostgresPolicies.settings",
        "visits.commitments.Looks.at",
        "visits.rosters.locks._filled",
    }


async def test_who_waited_for_a_lock_in_vain_waits_again_for_a_crowd_that_moves_is_no_outage(
    database: Database, owner_url: str
) -> None:
    agency = organization(postgres_store(database))
    slot = await agency.slot(await agency.agent())
    lock = sa.text("SELECT id FROM slots WHERE id = :id FOR UPDATE").bindparams(id=slot.id)
    owner = await asyncpg.connect(owner_url)
    held = owner.transaction()
    await held.start()
    await owner.execute("SELECT id FROM slots FOR UPDATE")
    tries = 0

    async def work(transaction: Transaction) -> object:
        nonlocal tries
        tries += 1
        if tries == 3:
            await held.rollback()
        await transaction.execute(sa.text("SET LOCAL lock_timeout = '20ms'"))
        return await transaction.value(lock)

    try:
        assert await database.unit(work) == slot.id
    finally:
        await owner.close()
    assert tries == 3


async def test_a_connection_lost_before_the_commit_is_only_unavailable(database: Database, owner_url: str) -> None:
    async def work(transaction: Transaction) -> None:
        backend = await transaction.value(sa.text("SELECT pg_backend_pid()"))
        await as_owner(owner_url, "SELECT pg_terminate_backend($1, 5000)", backend)
        await transaction.execute(sa.text("SELECT 1"))

    with pytest.raises(Unavailable) as told:
        await database.unit(work)
    assert type(told.value) is Unavailable


async def test_connections_lost_while_idle_are_replaced_unnoticed(database: Database, owner_url: str) -> None:
    now = postgres_store(database).now
    before = await now()
    await as_owner(owner_url, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename ~ 'serving'")
    assert await now() > before


async def test_an_exhausted_pool_and_an_absent_server_are_unavailable(
    owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_module, "STANDSTILL", 0.01)
    narrow = Database(await serving_url(owner_url), pool_size=1)
    inside, leave = asyncio.Event(), asyncio.Event()

    async def hold(_: Transaction) -> None:
        inside.set()
        await leave.wait()

    holder = asyncio.create_task(narrow.unit(hold))
    await inside.wait()
    with pytest.raises(Unavailable):
        await narrow.fetch("SELECT 1")
    leave.set()
    await holder
    await narrow.close()
    absent = Database("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(Unavailable):
        await absent.fetch("SELECT 1")


async def test_a_wrong_password_is_unavailable_and_not_told(owner_url: str) -> None:
    wrong = Database((await serving_url(owner_url)).replace("only-for-tests", "wrong"))
    with pytest.raises(Unavailable) as told:
        await wrong.fetch("SELECT 1")
    assert "password" not in told.value.detail


async def test_a_database_error_while_an_agent_is_looked_up_is_told_and_passes_to_no_other_role(
    owner_url: str,
) -> None:
    absent = postgres_store(Database("postgresql://nobody@127.0.0.1:1/nothing"))
    agency = organization(absent)
    with pytest.raises(Unavailable):
        await agency.identity.identify(
            claims(organization_id=agency.organization_id, role=AgentRole.ADMIN, email="ana@example.com"), None
        )


async def test_a_cancelled_caller_is_served_whole_or_not_at_all_and_leaves_the_pool_whole(
    database: Database, owner_url: str
) -> None:
    """Their claim is on its way with others' by then: it is made, with its event, as for whoever loses the answer."""
    agency = organization(postgres_store(database))
    agent, applicant = await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent)
    blocker, watcher = await asyncpg.connect(owner_url), await asyncpg.connect(owner_url)
    transaction = blocker.transaction()
    await transaction.start()
    await blocker.execute("SELECT FROM slots FOR UPDATE")
    booking = asyncio.create_task(agency.book(applicant, slot.id, ""))
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    while not await watcher.fetchval(waiting):  # noqa: ASYNC110 - only the server can tell
        await asyncio.sleep(0)
    booking.cancel()
    with suppress(asyncio.CancelledError):
        await booking
    await transaction.rollback()
    while await watcher.fetchval("SELECT status FROM slots") != "booked":  # noqa: ASYNC110 - only the server can tell
        await asyncio.sleep(0)
    assert await watcher.fetchval("SELECT count(*) FROM events WHERE type = 'booking.confirmed'") == 1
    await blocker.close()
    await watcher.close()
    assert (await agency.see(agent, slot.id)).status is SlotStatus.BOOKED
    assert (await agency.book(await agency.applicant(), (await agency.slot(agent, starts_in=3 * HOUR)).id)).notes == ""


async def test_a_lock_held_for_too_long_is_unavailable(database: Database, owner_url: str) -> None:
    agency = organization(postgres_store(database))
    agent, applicant = await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent)
    blocker = await asyncpg.connect(owner_url)
    transaction = blocker.transaction()
    await transaction.start()
    await blocker.execute("SELECT FROM slots FOR UPDATE")
    with pytest.raises(Unavailable):
        await agency.book(applicant, slot.id, "")
    await transaction.rollback()
    await blocker.close()
