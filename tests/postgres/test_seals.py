"""What a superuser does to the record is found."""

from contextlib import suppress

import asyncpg
import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.errors import StatementRefused
from booking.adapters.postgres.migrations import migrate
from booking.adapters.postgres.privileges import require_least_privilege
from booking.domain.audit import AuditFilter, Breach, Tally
from booking.entrypoints.http.routes.audit import AuditedEvent
from booking.entrypoints.sealer import Sealer
from booking.service import audit as sealing_service
from booking.service.audit import AuditService, SealingService, Unreadable
from tests.builders import Organization, organization
from tests.support.database import Server
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner, serving_url

SECRET = b"s" * 32
SWAP = """DO $$ BEGIN
    UPDATE events SET position = 1000 WHERE position = 2; UPDATE events SET position = 2 WHERE position = 3;
    UPDATE events SET position = 3 WHERE position = 1000; END $$"""
INSERTED = """INSERT INTO events (organization_id, id, type, actor_role, to_state, position)
    VALUES (gen_random_uuid(), gen_random_uuid(), 'slot.created', 'admin', 'available', {})"""
ELSEWHERE = """INSERT INTO events (organization_id, id, type, actor_role, to_state, occurred_at, relayed_at, position)
    VALUES (gen_random_uuid(), gen_random_uuid(), 'slot.created', 'admin', 'available', now() - interval '1 year',
            now(), {})"""

DOUBLED = """INSERT INTO events (organization_id, id, type, actor_subject, actor_role, request_id, slot_id, agent_id,
        property_id, to_state, start_time, end_time, occurred_at, relayed_at, position, organization_position)
    SELECT organization_id, id, type, actor_subject, actor_role, request_id, slot_id, agent_id, property_id, to_state,
        start_time, end_time, occurred_at - interval '1 year', relayed_at, position, organization_position
    FROM events WHERE position = 4"""


@pytest.mark.parametrize(
    ("statement", "seal"),
    [
        ("UPDATE events SET to_state = 'booked' WHERE position = 2", 1),
        ("UPDATE events SET actor_subject = 'somebody else' WHERE position = 5", 2),
        ("UPDATE events SET occurred_at = occurred_at - interval '1 second' WHERE position = 1", 1),
        ("UPDATE events SET request_id = NULL WHERE position = 3", 1),
        ("UPDATE events SET organization_position = 100 WHERE position = 4", 2),
        ("UPDATE events SET organization_position = NULL WHERE position = 2", 1),
        ("DELETE FROM events WHERE position = 2", 1),
        ("DELETE FROM events WHERE position = 6", 2),
        (SWAP, 1),
        ("UPDATE seals SET content = sha256('x') WHERE number = 2", 2),
        ("UPDATE seals SET sealed_at = sealed_at - interval '10 years' WHERE number = 1", 1),
        ("UPDATE seals SET last = 4 WHERE number = 1", 1),
        ("DELETE FROM seals WHERE number = 1", 1),
        ("TRUNCATE events CASCADE", 1),
    ],
)
async def test_a_sealed_row_that_a_superuser_touched_is_found(
    database: Database, owner_url: str, statement: str, seal: int
) -> None:
    agency = organization(postgres_store(database))
    sealing = SealingService(agency.store.trail, agency.store.now, SECRET)
    for _ in range(2):
        await agency.slots_of(await agency.agent(), 2)
        await agency.store.outbox.place(100)
        await sealing.seal()
    assert [one async for one in sealing.breaches()] == []
    await as_owner(owner_url, "DELETE FROM deliveries")
    await as_owner(owner_url, statement)
    breaches = [one async for one in sealing.breaches()]
    assert breaches[0].seal == seal


async def test_a_position_that_two_events_have_is_found_at_the_end_of_a_page_too(
    database: Database, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The genuine event comes first there, and its double is on no page of its own."""
    monkeypatch.setattr(sealing_service, "BATCH", 4)
    agency = organization(postgres_store(database))
    await agency.slots_of(await agency.agent(), 3)
    await agency.store.outbox.place(100)
    sealing = SealingService(agency.store.trail, agency.store.now, SECRET)
    sealed = await sealing.seal()
    assert sealed is not None
    assert sealed.last == 4
    assert [one async for one in sealing.breaches()] == []
    await as_owner(owner_url, DOUBLED)
    twice = "events are missing, or there twice: positions [1, 2, 3, 4, 4]"
    assert [one.says async for one in sealing.breaches()] == [twice]
    assert (await sealing.review(1))[1] == Breach(seal=1, says=twice)


async def test_the_serving_role_can_neither_edit_nor_remove_what_happened(database: Database) -> None:
    for statement in (
        "UPDATE events SET to_state = 'x'",
        "DELETE FROM events",
        "TRUNCATE events",
        "UPDATE seals SET digest = content",
        "DELETE FROM seals",
        "TRUNCATE seals",
        "DROP TABLE events",
        "DELETE FROM positions",
    ):
        with pytest.raises(StatementRefused) as refused:
            await database.fetch(sa.text(statement))
        assert (statement, refused.value.sqlstate) == (statement, "42501")


async def test_the_serving_role_cannot_say_where_or_when_in_the_order_an_event_stands(database: Database) -> None:
    agency = organization(postgres_store(database))
    await agency.slots_of(await agency.agent(), 1)
    await agency.store.outbox.place(100)
    event = (
        "(organization_id, id, type, actor_role, to_state, {})"
        " VALUES (gen_random_uuid(), gen_random_uuid(), 'x', 'admin', 'x', {})"
    )
    for statement in (
        "INSERT INTO events " + event.format("position", "1000000"),
        "INSERT INTO events " + event.format("organization_position", "1"),
        "INSERT INTO events " + event.format("occurred_at", "now() - interval '1 day'"),
        "INSERT INTO events " + event.format("relayed_at", "now()"),
        "INSERT INTO events " + event.format("seq", "1"),
        "INSERT INTO events_rest " + event.format("position", "1000000"),
        "UPDATE events SET position = 1000000 WHERE position = 2",
        "UPDATE events SET position = NULL",
        "UPDATE events SET organization_position = 1",
        "UPDATE events SET relayed_at = now()",
        "UPDATE positions SET last = 1000000",
        "UPDATE positions SET sealed = 0",
        "UPDATE organization_positions SET last = 1000000",
        "INSERT INTO organization_positions VALUES (gen_random_uuid(), 1)",
        "INSERT INTO seals SELECT number + 1, first, last, content, digest, sealed_at FROM seals",
        "SELECT setval('events_seq', 1)",
    ):
        with pytest.raises(StatementRefused) as refused:
            await database.fetch(sa.text(statement))
        assert (statement, refused.value.sqlstate) == (statement, "42501")


async def test_positions_are_given_out_once_and_only_the_next_ones_whatever_is_asked_for(database: Database) -> None:
    store = postgres_store(database)
    agency = organization(store)
    await agency.slots_of(await agency.agent(), 2)
    placing = sa.text("SELECT position, organization_position FROM place_events(CAST(:seen AS bigint), :most)")
    given = [
        [tuple(row) for row in await database.fetch(placing.bindparams(seen=seen, most=most))]
        for seen, most in ((5, 10), (-1, 10), (None, 10), (0, 0), (0, 2), (0, 2), (2, 2), (3, 2))
    ]
    assert given == [[], [], [], [], [(1, 1), (2, 2)], [], [(3, 3)], []]
    assert await store.trail.tally() == Tally(last=3, highest=3, sealed=0)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (INSERTED.format(1_000_000), ["position 1000000 was never given out: the last one is 9"]),
        (INSERTED.format(2**63 - 1), [f"position {2**63 - 1} was never given out: the last one is 9"]),
        ("DELETE FROM events WHERE position = 9", ["position 9 is missing"]),
        ("DELETE FROM events WHERE position > 6", ["positions 7 to 9 are missing"]),
        ("DELETE FROM events WHERE position = 7", ["position 7 is missing"]),
        ("UPDATE events SET position = NULL WHERE position = 8", ["position 8 is missing"]),
        (ELSEWHERE.format(8), ["position 8 is there twice"]),
        ("DELETE FROM seals", ["seals 1 to 2 are missing"]),
        ("DELETE FROM seals WHERE number = 2", ["seal 2 is missing"]),
        (
            "UPDATE events SET relayed_at = now() - interval '2 minutes' WHERE position = 8",
            ["events from position 8 on are without a seal for over a minute"],
        ),
        (
            "UPDATE events SET relayed_at = '-infinity' WHERE position = 7",
            ["events from position 7 on are without a seal for over a minute"],
        ),
        (
            "UPDATE events SET start_time = '4000-01-01 BC' WHERE position = 7",
            ["an event from position 7 on cannot be read"],
        ),
        ("UPDATE seals SET sealed_at = '4000-01-01 BC' WHERE number = 2", ["a seal cannot be read"]),
    ],
)
async def test_what_is_wrong_after_the_last_seal_is_an_alarm_and_fails_to_verify(
    database: Database, owner_url: str, statement: str, says: list[str]
) -> None:
    """Six events under two seals, and three that wait for one."""
    agency = organization(postgres_store(database))
    sealing = SealingService(agency.store.trail, agency.store.now, SECRET)
    for count in range(3):
        await agency.slots_of(await agency.agent(), 2)
        await agency.store.outbox.place(100)
        if count < 2:
            await sealing.seal()
    assert await sealing.alarms() == [one async for one in sealing.breaches()] == []
    await as_owner(owner_url, "DELETE FROM deliveries")
    await as_owner(owner_url, statement)
    assert [one.says for one in await sealing.alarms()] == says
    assert [one.says async for one in sealing.breaches()] == says
    late = [] if "without a seal" in says[0] else says
    with capture_logs() as lines, suppress(Unreadable):
        await Sealer(sealing).step()
    assert [line["says"] for line in lines if line["event"] == "audit alarm"] == late
    assert [one.says async for one in sealing.breaches()] == late, "what is out of order is not sealed over"


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE seals SET last = {2**63 - 1} WHERE number = 2",
        f"UPDATE seals SET number = {2**63 - 1} WHERE number = 2",
        f"UPDATE seals SET first = {2**63 - 1}, last = {2**63 - 1}",
        f"UPDATE events SET position = {2**63 - 1} WHERE position = 5",
        f"UPDATE positions SET last = {2**63 - 1}",
        f"UPDATE positions SET last = {2**63 - 1}; UPDATE events SET position = {2**63 - 1} WHERE position = 6",
        "UPDATE positions SET last = 0, sealed = 0",
        "UPDATE seals SET sealed_at = 'infinity'",
        "UPDATE seals SET sealed_at = '4000-01-01 BC'",
        "UPDATE seals SET sealed_at = '4000-01-01 BC' WHERE number = 1",
        "UPDATE events SET start_time = '4000-01-01 BC' WHERE position = 2",
        "UPDATE seals SET key_id = repeat('0', 16)",
        "UPDATE seals SET key_id = NULL",
        "DELETE FROM positions",
        "DELETE FROM events",
        "DELETE FROM seals; DELETE FROM events",
    ],
)
async def test_to_verify_ends_with_what_is_wrong_whatever_the_owner_wrote(
    database: Database, owner_url: str, statement: str
) -> None:
    agency = organization(postgres_store(database))
    sealing = SealingService(agency.store.trail, agency.store.now, SECRET)
    for _ in range(2):
        await agency.slots_of(await agency.agent(), 2)
        await agency.store.outbox.place(100)
        await sealing.seal()
    await as_owner(owner_url, "DELETE FROM deliveries")
    for one in statement.split("; "):
        await as_owner(owner_url, one)
    assert 1 <= len([one async for one in sealing.breaches()]) <= 10


async def _sealed(agency: Organization, *secrets: bytes) -> None:
    """A seal by each secret, over what an agent and a slot of theirs make."""
    for secret in secrets:
        await agency.slot(await agency.agent())
        await agency.store.outbox.place(100)
        assert await SealingService(agency.store.trail, agency.store.now, secret).seal() is not None


@pytest.mark.parametrize(
    ("statement", "mended", "says"),
    [
        (
            "UPDATE events SET booking_id = id WHERE position = 3",
            "UPDATE events SET booking_id = NULL WHERE position = 3",
            "seal 2: an event at a position from 3 to 4 was changed",
        ),
        (
            ELSEWHERE.format(4),
            "DELETE FROM events WHERE position = 4 AND organization_position IS NULL",
            "seal 2: events are missing, or there twice: positions [3, 4, 4]",
        ),
        (
            "UPDATE seals SET sealed_at = '4000-01-01 BC' WHERE number = 2",
            "UPDATE seals SET sealed_at = now() WHERE number = 2",
            "a seal cannot be read",
        ),
        ("UPDATE seals SET number = 9 WHERE number = 2", None, "seal 2: the seal is missing"),
        ("DELETE FROM seals WHERE number = 1", None, "seal 1: the seal is missing"),
    ],
)
async def test_the_log_tells_of_what_was_changed_long_ago_although_nobody_verifies(
    database: Database, owner_url: str, statement: str, mended: str | None, says: str
) -> None:
    """Seal by seal, and from the first anew; a broken one is told once, until it is whole."""
    agency = organization(postgres_store(database))
    await _sealed(agency, SECRET, SECRET, b"of an instance after us" * 2, SECRET)
    sealer = Sealer(SealingService(agency.store.trail, agency.store.now, SECRET))
    with capture_logs() as lines:
        for _ in range(7):
            await sealer.step()
    assert lines == []
    await as_owner(owner_url, statement)
    with capture_logs() as lines, suppress(Unreadable):
        for _ in range(7):
            await sealer.step()
    assert [(line["event"], line["says"]) for line in lines] == [("audit alarm", says)]
    if mended:
        await as_owner(owner_url, mended)
        with capture_logs() as lines:
            await sealer.step()
        assert ("audit alarm over", says) in [(line["event"], line["says"]) for line in lines]


async def test_an_owner_can_say_in_the_record_what_is_gone_and_the_sealing_goes_on(
    database: Database, owner_url: str
) -> None:
    """As SECURITY.md tells it."""
    agency = organization(postgres_store(database))
    sealing = SealingService(agency.store.trail, agency.store.now, SECRET)
    await _sealed(agency, SECRET, SECRET)
    await agency.slots_of(await agency.agent(), 2)
    await agency.store.outbox.place(100)
    for statement in (
        "DELETE FROM seals WHERE number = 2",
        "DELETE FROM deliveries",
        "DELETE FROM events WHERE position = 5",
    ):
        await as_owner(owner_url, statement)
    assert [one.says async for one in sealing.breaches()] == ["seal 2 is missing", "position 5 is missing"]
    assert await sealing.seal() is None
    await as_owner(
        owner_url,
        """INSERT INTO events (organization_id, id, type, actor_role, to_state, position, organization_position)
        VALUES ($1, gen_random_uuid(), 'audit.gap', 'operator', 'missing', 5, 5)""",
        agency.organization_id,
    )
    await as_owner(owner_url, "UPDATE positions SET sealed = (SELECT coalesce(max(number), 0) FROM seals)")
    sealed = await sealing.seal()
    assert sealed is not None
    assert (sealed.number, sealed.first, sealed.last) == (2, 3, 7)
    assert [one async for one in sealing.breaches()] == []
    found = await AuditService(agency.store.audit_queries).list(
        await agency.admin(), AuditedEvent, AuditFilter(), after=None, limit=10
    )
    assert [one.type for one in found[0] if one.position == 5] == ["audit.gap"]
    assert {name for name, count in (await agency.store.auditor.violations()).items() if count} <= {
        "slot whose creation or cancellation no event tells"
    }


async def test_a_position_is_unique_in_its_partition_and_told_where_two_partitions_have_it(
    database: Database, owner_url: str
) -> None:
    agency = organization(postgres_store(database))
    await agency.slots_of(await agency.agent(), 1)
    await agency.store.outbox.place(100)
    with pytest.raises(asyncpg.UniqueViolationError):
        await as_owner(owner_url, INSERTED.format(2))
    await as_owner(owner_url, ELSEWHERE.format(2))
    found = {name: count for name, count in (await agency.store.auditor.violations()).items() if count}
    assert found == {"position that two events have": 1}


async def test_the_functions_work_in_a_schema_of_any_name_and_take_nothing_of_their_caller_s(postgres: Server) -> None:
    """The caller's own schemas, the temporary one among them, come last or not at all."""
    async with postgres.fresh("template0") as owner:
        await as_owner(owner, 'CREATE SCHEMA "Cell3"')
        there = "?options=-c%20search_path%3D%22Cell3%22"
        await migrate(owner + there, await serving_url(owner) + there)
        opened = Database(await serving_url(owner) + there)
        try:
            agency = organization(postgres_store(opened))
            sealing = SealingService(agency.store.trail, agency.store.now, SECRET)
            await agency.slots_of(await agency.agent(), 1)
            serving = await asyncpg.connect(await serving_url(owner) + there)
            await serving.execute("CREATE TEMPORARY TABLE positions AS SELECT 7::bigint AS last, 7::bigint AS numbered")
            assert await serving.fetch("SELECT * FROM place_events(7, 10)") == []
            await serving.close()
            assert await agency.store.outbox.place(100) == 2
            assert await sealing.seal() is not None
            assert [one async for one in sealing.breaches()] == []
            await require_least_privilege(opened)
            of_the_owner = await as_owner(owner + there, "SELECT proname, proconfig FROM pg_proc WHERE prosecdef")
            assert {row["proname"] for row in of_the_owner} >= {"place_events", "add_seal", "erase_applicant"}
            assert {tuple(row["proconfig"]) for row in of_the_owner} == {('search_path="Cell3", pg_temp',)}
        finally:
            await opened.close()
