"""What PostgreSQL itself holds: keys, privileges, migrations."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from asyncpg.types import ServerVersion
from structlog.testing import capture_logs

from booking import files
from booking.adapters.postgres import migrations
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.migrations import Migration, MigrationError, migrate, require_current_schema, retire
from booking.adapters.postgres.partitions import Foresight
from booking.adapters.postgres.tables import metadata
from booking.domain.refusals import Unavailable
from booking.service.ports import Lease
from tests.builders import organization
from tests.support.database import Server
from tests.support.stores import postgres_store
from tests.support.worlds import SERVING_ROLE, as_owner, serving_url

OF_THE_SERVICE = [
    *("schema_migrations", "positions", "seals", "leases", "feed", "stream_tickets", "figures_followed"),
    *("notice_channels", "restores"),
]
"""Tables of no organization: they count, cover or keep in order what happens in all of them."""


async def test_the_tables_that_statements_name_are_those_of_the_migrations(owner_url: str) -> None:
    rows = await as_owner(
        owner_url,
        """SELECT table_name::text, column_name::text, is_nullable = 'YES' AS nullable
        FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name <> 'schema_migrations'
          AND NOT (SELECT relispartition FROM pg_class WHERE oid = table_name::text::regclass)""",
    )
    assert {(row["table_name"], row["column_name"], row["nullable"]) for row in rows} == {
        (table.name, column.name, column.nullable) for table in metadata.tables.values() for column in table.columns
    }


async def test_every_key_and_constraint_of_a_tenant_s_table_begins_with_its_organization(owner_url: str) -> None:
    """No row can point across tenants. An exclusion names it at any place: its order is one of cost only."""
    rows = await as_owner(
        owner_url,
        """SELECT c.conrelid::regclass::text AS "table", c.conname::text AS name, first.attname::text AS first,
                  CASE WHEN c.contype = 'f' THEN target.attname::text ELSE 'organization_id' END AS target
        FROM pg_constraint c
        LEFT JOIN pg_attribute first ON first.attrelid = c.conrelid AND CASE c.contype
            WHEN 'x' THEN first.attnum = ANY (c.conkey) AND first.attname = 'organization_id'
            ELSE first.attnum = c.conkey[1] END
        LEFT JOIN pg_attribute target ON target.attrelid = c.confrelid AND target.attnum = c.confkey[1]
        WHERE c.contype IN ('p', 'u', 'f', 'x') AND c.connamespace = 'public'::regnamespace
          AND c.conrelid::regclass::text <> ALL ($1)
        UNION ALL
        SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, a.attname::text, 'organization_id'
        FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        JOIN pg_class t ON t.oid = i.indrelid AND t.relnamespace = 'public'::regnamespace
        WHERE i.indisunique AND i.indrelid::regclass::text <> ALL ($1)
          AND i.indexrelid::regclass::text !~ '^events_(rest|[0-9]{4})_in_order$'  -- over the events of all""",
        OF_THE_SERVICE,
    )
    assert len(rows) > 12
    assert {(row["first"], row["target"]) for row in rows} == {("organization_id", "organization_id")}


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("slots", "agent_id = (SELECT id FROM agents WHERE organization_id = $2)"),
        ("bookings", "applicant_id = (SELECT id FROM applicants WHERE organization_id = $2)"),
        ("bookings", "slot_id = (SELECT id FROM slots WHERE organization_id = $2)"),
    ],
)
async def test_no_row_points_into_another_organization(
    database: Database, owner_url: str, table: str, change: str
) -> None:
    """Not even where the other organization has such a row."""
    store = postgres_store(database)
    here, there = organization(store), organization(store)
    for agency in (here, there):
        await agency.book(await agency.applicant(), (await agency.slot(await agency.agent())).id, "")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await as_owner(
            owner_url,
            f"UPDATE {table} SET {change} WHERE organization_id = $1",
            here.organization_id,
            there.organization_id,
        )


async def test_no_index_and_no_predicate_of_slots_mentions_what_a_booking_changes(owner_url: str) -> None:
    """So that a booking updates the row in place."""
    rows = await as_owner(
        owner_url, "SELECT pg_get_indexdef(indexrelid) AS definition FROM pg_index WHERE indrelid = 'slots'::regclass"
    )
    definitions = " ".join(row["definition"] for row in rows)
    assert "start_time" in definitions
    assert "status" not in definitions
    assert "updated_at" not in definitions


async def test_each_partition_has_a_position_once_and_no_index_is_a_way_to_the_events_that_have_none(
    owner_url: str,
) -> None:
    """Else the planner may take it in place of the one in their order, and each step of the relay reads all of them.

    The years that a later `booking migrate` adds are like those that are there.
    """
    await as_owner(owner_url, "DROP TABLE events_2029")
    assert await migrate(owner_url, await serving_url(owner_url)) == ["events_2029"]
    rows = await as_owner(
        owner_url,
        """SELECT p.inhrelid::regclass::text AS partition, array_agg(
               (i.indisunique, pg_get_indexdef(i.indexrelid, 1, true), pg_get_expr(i.indpred, i.indrelid))::text
               ORDER BY pg_get_indexdef(i.indexrelid)) AS indexes
        FROM pg_inherits p JOIN pg_index i ON i.indrelid = p.inhrelid AND i.indisvalid
        WHERE p.inhparent = 'events'::regclass AND pg_get_indexdef(i.indexrelid) ~ 'position' GROUP BY 1""",
    )
    assert len(rows) >= 5
    for row in rows:
        assert (row["partition"], row["indexes"]) == (
            row["partition"],
            [
                '(f,organization_id,"((booking_id IS NOT NULL) AND (""position"" IS NOT NULL))")',
                '(f,seq,"(""position"" IS NULL)")',
                '(t,"""position""","(""position"" IS NOT NULL)")',
                '(t,organization_id,"(organization_position IS NOT NULL)")',
            ],
        )
    left_over = await as_owner(
        owner_url, "SELECT to_regclass('events_in_order')::text AS a, to_regclass('events_of_organization')::text AS b"
    )
    assert tuple(left_over[0]) == (None, None)


@pytest.mark.parametrize(
    ("domain", "good", "bad"),
    [
        ("claim_status", "'lapsed'", "'maybe'"),
        ("claim_place", "1", "0"),
        ("claim_sequence", "0", "-1"),
        ("visit_outcome", "'no_show'", "'bored'"),
        ("rating", "5", "6"),
        ("remark", "repeat('x', 2000)", "repeat('x', 2001)"),
        ("reason", "repeat('x', 500)", "repeat('x', 501)"),
        ("slot_status", "'booked'", "'gone'"),
        ("event_word", "repeat('x', 64)", "''"),
        ("actor_subject", "repeat('x', 255)", "repeat('x', 256)"),
        ("actor_role", "'system'", "'nobody'"),
        ("request_name", "repeat('x', 128)", "repeat('x', 129)"),
    ],
)
async def test_what_one_value_may_be_is_said_by_its_domain(owner_url: str, domain: str, good: str, bad: str) -> None:
    """And every domain is of some column."""
    await as_owner(owner_url, f"SELECT ({good})::{domain}")
    with pytest.raises(asyncpg.CheckViolationError):
        await as_owner(owner_url, f"SELECT ({bad})::{domain}")
    (row,) = await as_owner(
        owner_url, "SELECT count(*) AS columns FROM information_schema.columns WHERE domain_name = $1", domain
    )
    assert row["columns"] > 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET to_state = 'other'",
        "DELETE FROM events",
        "TRUNCATE events",
        "DELETE FROM bookings",
        "DELETE FROM slots",
        "UPDATE slots SET property_id = id",
        "UPDATE bookings SET applicant_id = slot_id",
        "DELETE FROM waitlist",
        "UPDATE waitlist SET applicant_id = slot_id",
        "DELETE FROM policies",
        "CREATE TABLE mine ()",
        "DROP TABLE events",
        "CREATE OR REPLACE FUNCTION booking_now() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
        "UPDATE schema_migrations SET digest = ''",
        "DELETE FROM former_logins",
        "UPDATE former_logins SET subject = 'another'",
    ],
)
async def test_the_serving_role_can_do_only_what_it_needs(owner_url: str, statement: str) -> None:
    connection = await asyncpg.connect(await serving_url(owner_url))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_the_serving_role_waits_for_no_statement_and_no_lock_for_long(owner_url: str) -> None:
    connection = await asyncpg.connect(await serving_url(owner_url))
    try:
        limits = [
            await connection.fetchval(f"SHOW {name}")
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        ]
    finally:
        await connection.close()
    assert limits == ["3s", "1s", "5s"]


async def test_migrating_adds_the_years_to_come_and_what_falls_into_none_is_kept(
    owner_url: str, database: Database
) -> None:
    last = f"events_{datetime.now(UTC).year + 3}"
    await as_owner(owner_url, f"ALTER TABLE events DETACH PARTITION {last}")
    await as_owner(owner_url, f"DROP TABLE {last}")
    assert await migrate(owner_url, await serving_url(owner_url)) == [last]
    agency = organization(postgres_store(database))
    await agency.slot(await agency.agent())
    await as_owner(owner_url, "UPDATE events SET occurred_at = '1999-01-01Z'")
    (row,) = await as_owner(owner_url, "SELECT DISTINCT tableoid::regclass::text AS kept_in FROM events")
    assert row["kept_in"] == "events_rest"


async def test_years_that_are_over_for_longer_than_seven_are_retired_and_no_other(
    owner_url: str, database: Database
) -> None:
    this = datetime.now(UTC).year
    agency = organization(postgres_store(database))
    for year in (this - 8, this - 7):
        bounds = f"FROM ('{year}-01-01Z') TO ('{year + 1}-01-01Z')"
        await as_owner(owner_url, f"CREATE TABLE events_{year} PARTITION OF events FOR VALUES {bounds}")
        await agency.slot(await agency.agent())
        then = f"'{year}-06-01Z' WHERE occurred_at > '{this}-01-01Z'"
        await as_owner(owner_url, f"UPDATE events SET occurred_at = {then}")
    assert await retire(owner_url) == [f"events_{this - 8}"]
    assert await retire(owner_url) == []
    (row,) = await as_owner(owner_url, "SELECT count(*) AS kept FROM events")
    assert row["kept"] == 2


async def test_migrations_are_applied_once_however_many_hosts_apply_them(postgres: Server) -> None:
    async with postgres.fresh("template0") as owner:
        serving = await serving_url(owner)
        applied = await asyncio.gather(*(migrate(owner, serving) for _ in range(4)))
        assert sorted(name for names in applied for name in names) == [known.name for known in migrations.known()]
        assert await migrate(owner, serving) == []


async def test_an_applied_migration_that_was_edited_since_is_refused(
    owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited = tuple(Migration(known.version, known.name, known.sql + "-- !") for known in migrations.known())
    monkeypatch.setattr(migrations, "known", lambda: edited)
    with pytest.raises(MigrationError, match="was edited"):
        await migrate(owner_url, await serving_url(owner_url))


async def test_a_migration_that_fails_leaves_nothing_behind(owner_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Migration(9999, "9999_broken.sql", "CREATE TABLE half (); SELECT nonsense;")
    monkeypatch.setattr(migrations, "known", lambda: (broken,))
    with pytest.raises(MigrationError, match=r"9999_broken\.sql"):
        await migrate(owner_url, await serving_url(owner_url))
    assert await as_owner(owner_url, "SELECT FROM pg_class WHERE relname = 'half'") == []


async def test_a_serving_role_that_does_not_exist_is_named(owner_url: str) -> None:
    with pytest.raises(MigrationError, match="'nobody'"):
        await migrate(owner_url, "postgresql://nobody@localhost/booking")


async def test_a_database_without_the_newest_migration_is_not_ready(
    postgres: Server, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await require_current_schema(database)
    newest = Migration(9999, "9999_next.sql", "")
    monkeypatch.setattr(migrations, "known", lambda: (newest,))
    with pytest.raises(Unavailable, match="not migrated"):
        await require_current_schema(database)
    async with postgres.fresh("template0") as empty:
        opened = Database(empty)
        try:
            with pytest.raises(Unavailable, match="not migrated"):
                await require_current_schema(opened)
        finally:
            await opened.close()


async def test_a_database_of_another_encoding_is_refused_before_anything_is_begun(postgres: Server) -> None:
    name = f"test_latin1_{uuid4().hex}"
    create = f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
    await as_owner(postgres.url("postgres"), create)
    try:
        with pytest.raises(MigrationError, match="UTF8 is needed, and this has LATIN1"):
            await migrate(postgres.url(name), await serving_url(postgres.url(name)))
        assert await as_owner(postgres.url(name), "SELECT FROM pg_class WHERE relname = 'schema_migrations'") == []
    finally:
        await as_owner(postgres.url("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


async def test_an_older_postgresql_is_refused_before_anything_is_begun(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    fifteen = ServerVersion(15, 0, 18, "final", 0)
    monkeypatch.setattr(asyncpg.Connection, "get_server_version", lambda _: fifteen)
    async with postgres.fresh("template0") as owner:
        with pytest.raises(MigrationError, match=r"PostgreSQL 16 or later is needed, and this is 15\.18"):
            await migrate(owner, await serving_url(owner))
        assert await as_owner(owner, "SELECT FROM pg_class WHERE relname = 'schema_migrations'") == []


async def test_a_migration_limits_its_own_transactions_and_nothing_that_a_pooler_would_give_to_others(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = set()
    applied = migrations._apply

    async def watched(connection: Any, *arguments: Any) -> bool:
        result = await applied(connection, *arguments)
        seen.add(await connection.fetchval("SELECT current_setting('lock_timeout')"))
        return result

    monkeypatch.setattr(migrations, "_apply", watched)
    async with postgres.fresh("template0") as owner:
        await migrate(owner, await serving_url(owner))
    assert seen == {"0"}


@pytest.mark.parametrize(("year", "warned"), [(-1, False), (0, True), (1, True)])
async def test_the_last_year_that_has_a_partition_is_warned_of_for_all_of_it(
    database: Database, owner_url: str, year: int, warned: bool
) -> None:
    last = datetime.now(UTC).year + migrations.YEARS_AHEAD
    await as_owner(
        owner_url,
        "CREATE OR REPLACE FUNCTION booking_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS"
        f" $$ SELECT '{last + year}-01-01 00:00:00Z'::timestamptz $$",
    )
    with capture_logs() as lines:
        assert await Foresight(database).step(Lease("looking ahead", 1)) == 0
    assert [line["last_year"] for line in lines if line["log_level"] == "warning"] == [last] * warned


async def test_while_a_first_migration_is_under_way_the_service_waits(database: Database, owner_url: str) -> None:
    """The ledger is there before anything is granted; nor does a role of another database's end the start."""
    await as_owner(owner_url, f"REVOKE ALL ON schema_migrations FROM {SERVING_ROLE}")
    with pytest.raises(Unavailable, match="under way, or was run for another role"):
        await require_current_schema(database)


def test_migrations_are_numbered_without_gaps() -> None:
    versions = [known.version for known in migrations.known()]
    assert versions == list(range(1, len(versions) + 1))
    assert len(versions) == len(list(files.path("db/migrations").iterdir()))
