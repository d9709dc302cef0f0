"""The serving role can do what the service needs, and nothing that would unmake its promises."""

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.migrations import migrate
from booking.adapters.postgres.privileges import MAY, TooPowerful, require_least_privilege
from booking.adapters.postgres.tables import metadata
from booking.service.audit import SealingService
from tests.builders import organization
from tests.support.database import Server
from tests.support.stores import postgres_store
from tests.support.worlds import SERVING_ROLE, as_owner, serving_url

Role = Callable[[str], Coroutine[Any, Any, str]]


@pytest.fixture
async def role(owner_url: str) -> AsyncIterator[Role]:
    """Makes a role of which the serving role is a member, with these words about the membership."""
    made: list[str] = []

    async def make(membership: str = "") -> str:
        name = f"group_{uuid4().hex}"
        await as_owner(owner_url, f"CREATE ROLE {name}")
        made.append(name)
        await as_owner(owner_url, f"GRANT {name} TO {SERVING_ROLE} {membership}")
        return name

    yield make
    for name in made:
        await as_owner(owner_url, f"REASSIGN OWNED BY {name} TO current_user")
        await as_owner(owner_url, f"DROP OWNED BY {name}")
        await as_owner(owner_url, f"DROP ROLE {name}")


async def fault_of(database: Database) -> str:
    with pytest.raises(TooPowerful) as refused:
        await require_least_privilege(database)
    message = str(refused.value)
    assert "\n" not in message
    return message


async def test_the_serving_role_of_the_migrations_is_fit_to_serve(database: Database) -> None:
    with capture_logs() as lines:
        await require_least_privilege(database)
    assert lines == []


async def test_the_serving_role_has_every_right_of_the_list_and_no_other(owner_url: str) -> None:
    """So that a right that is granted is on the list, and the other way round."""
    rows = await as_owner(
        owner_url,
        """SELECT c.relname::text AS relation, p.word, array_agg(a.attname::text) AS columns
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS p (word)
        WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind IN ('r', 'p', 'v')
          AND has_column_privilege($1, c.oid, a.attnum, p.word)
        GROUP BY 1, 2
        UNION ALL
        SELECT c.relname::text, p.word, NULL
        FROM pg_class c CROSS JOIN unnest(ARRAY['DELETE', 'TRUNCATE', 'TRIGGER']) AS p (word)
        WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind IN ('r', 'p', 'v')
          AND has_table_privilege($1, c.oid, p.word)
        UNION ALL
        SELECT c.relname::text, p.word, NULL
        FROM pg_class c CROSS JOIN unnest(ARRAY['SELECT', 'USAGE', 'UPDATE']) AS p (word)
        WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind = 'S'
          AND has_sequence_privilege($1, c.oid, p.word)
        UNION ALL
        SELECT proname::text, 'EXECUTE', NULL
        FROM pg_proc WHERE pronamespace = quote_ident(current_schema())::regnamespace AND prosecdef
          AND has_function_privilege($1, oid, 'EXECUTE')""",
        SERVING_ROLE,
    )
    real = {(row["relation"], row["word"]): row["columns"] and frozenset(row["columns"]) for row in rows}
    listed = {}
    for relation, rights in MAY.items():
        table = metadata.tables.get(relation)
        for word, columns in rights.items():
            by_column = word in {"SELECT", "INSERT", "UPDATE"} and relation != "events_seq"
            everything = table.columns.keys() if table is not None else ["version", "name", "digest", "applied_at"]
            listed[relation, word] = frozenset(everything if columns is None else columns) if by_column else None
    assert real == listed


async def test_no_function_of_the_owner_s_is_for_others_and_each_looks_in_its_own_schema_alone(
    owner_url: str, schema: str | None
) -> None:
    rows = await as_owner(
        owner_url,
        """SELECT proname::text AS name, proconfig AS settings, array(
               SELECT grantee::regrole::text FROM aclexplode(proacl) WHERE grantee <> proowner) AS grantees
        FROM pg_proc WHERE pronamespace = quote_ident(current_schema())::regnamespace AND prosecdef""",
    )
    assert {row["name"] for row in rows} == {name for name, rights in MAY.items() if "EXECUTE" in rights}
    assert {(*row["settings"], *row["grantees"]) for row in rows} == {
        (f"search_path={schema or 'public'}, pg_temp", SERVING_ROLE)
    }


async def test_the_owner_and_a_superuser_are_not(owner_url: str) -> None:
    opened = Database(owner_url)
    with pytest.raises(TooPowerful, match="superuser"):
        await require_least_privilege(opened)
    await opened.close()


@pytest.mark.parametrize("membership", ["", "WITH INHERIT FALSE"])
@pytest.mark.parametrize(
    "what", ["TABLE slots", "FUNCTION booking_now()", "FUNCTION place_events(bigint, integer)", "DOMAIN claim_status"]
)
async def test_nor_is_whoever_could_become_the_owner(
    database: Database, owner_url: str, role: Role, what: str, membership: str
) -> None:
    await as_owner(owner_url, f"ALTER {what} OWNER TO {await role(membership)}")
    assert "owns the tables" in await fault_of(database)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("GRANT DELETE ON events TO {role}", "DELETE events"),
        ("GRANT TRUNCATE ON seals TO {role}", "TRUNCATE seals"),
        ("GRANT INSERT ON seals TO {role}", "INSERT seals"),
        ("GRANT UPDATE ON positions TO {role}", "UPDATE positions"),
        ("GRANT UPDATE (last) ON positions TO {role}", "UPDATE positions.last"),
        ("GRANT INSERT (position) ON events TO {role}", "INSERT events.position"),
        ("GRANT INSERT ON events TO {role}", "INSERT events.occurred_at"),
        ("GRANT UPDATE (erased_at) ON applicants TO {role}", "UPDATE applicants.erased_at"),
        ("GRANT UPDATE ON applicants TO {role}", "UPDATE applicants.created_at"),
        ("GRANT UPDATE ON agents TO {role}", "UPDATE agents.created_at"),
        ("GRANT DELETE ON events_rest TO {role}", "DELETE events_rest"),
        ("GRANT INSERT ON events_rest TO {role}", "INSERT events_rest"),
        ("GRANT REFERENCES ON agents TO {role}", "REFERENCES agents"),
        ("GRANT TRIGGER ON events TO {role}", "TRIGGER events"),
        ("GRANT UPDATE ON SEQUENCE events_seq TO {role}", "UPDATE events_seq"),
        ("GRANT INSERT ON schema_migrations TO {role}", "INSERT schema_migrations"),
        ("GRANT SELECT ON agents TO {role} WITH GRANT OPTION", "SELECT agents with grant option"),
        ("GRANT CREATE ON SCHEMA {schema} TO {role}", "CREATE in the schema"),
    ],
)
async def test_a_right_that_is_not_on_the_list_is_refused_and_named(
    database: Database, owner_url: str, schema: str | None, statement: str, named: str
) -> None:
    await as_owner(owner_url, statement.format(role=SERVING_ROLE, schema=schema or "public"))
    assert f"may {named}" in await fault_of(database)


@pytest.mark.parametrize("membership", ["", "WITH INHERIT FALSE"])
@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("GRANT DELETE ON events TO {role}", "DELETE events"),
        ("GRANT UPDATE (erased_at) ON applicants TO {role}", "UPDATE applicants.erased_at"),
        ("GRANT UPDATE ON SEQUENCE events_seq TO {role}", "UPDATE events_seq"),
    ],
)
async def test_so_is_a_right_of_a_role_that_it_is_in_or_could_become(
    database: Database, owner_url: str, role: Role, statement: str, named: str, membership: str
) -> None:
    group = await role(membership)
    await as_owner(owner_url, statement.format(role=group))
    assert f"is a member of {group}, which may {named}" in await fault_of(database)


async def test_so_is_a_right_of_everybody(database: Database, owner_url: str, role: Role) -> None:
    await role("")
    await as_owner(owner_url, "GRANT UPDATE ON positions TO PUBLIC")
    assert "is a member of PUBLIC, which may UPDATE positions" in await fault_of(database)


@pytest.mark.parametrize(
    ("power", "named"),
    [
        ("pg_write_all_data", "is a member of pg_write_all_data, which may DELETE agents, "),
        ("pg_write_server_files", "is a member of pg_write_server_files, which may become anybody"),
        ("pg_execute_server_program", "is a member of pg_execute_server_program, which may become anybody"),
    ],
)
async def test_a_membership_that_gives_too_much_is_refused_and_named(
    database: Database, owner_url: str, power: str, named: str
) -> None:
    await as_owner(owner_url, f"GRANT {power} TO {SERVING_ROLE}")
    try:
        assert named in await fault_of(database)
    finally:
        await as_owner(owner_url, f"REVOKE {power} FROM {SERVING_ROLE}")


async def test_a_membership_that_gives_nothing_more_does_no_harm(
    database: Database, owner_url: str, schema: str | None, role: Role
) -> None:
    await as_owner(owner_url, f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema or 'public'} TO {await role('')}")
    await require_least_privilege(database)


async def test_what_only_a_newer_release_knows_is_a_warning(database: Database, owner_url: str) -> None:
    await as_owner(owner_url, "CREATE TABLE newer (organization_id uuid)")
    await as_owner(owner_url, "ALTER TABLE events ADD COLUMN newer text")
    await as_owner(owner_url, "CREATE FUNCTION newer() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'")
    await as_owner(owner_url, f"GRANT INSERT, DELETE ON newer TO {SERVING_ROLE}")
    await as_owner(owner_url, f"GRANT INSERT (newer) ON events TO {SERVING_ROLE}")
    with capture_logs() as lines:
        await require_least_privilege(database)
    (line,) = lines
    assert line["log_level"] == "warning"
    assert line["rights"] == ["DELETE newer", "EXECUTE newer", "INSERT events.newer", "INSERT newer"]


async def test_what_an_extension_shows_to_everybody_is_no_matter(database: Database, owner_url: str) -> None:
    await as_owner(owner_url, "CREATE EXTENSION pg_stat_statements")
    with capture_logs() as lines:
        await require_least_privilege(database)
    assert lines == []


@pytest.mark.parametrize("table", ["events", "seals", "slots", "bookings", "applicants", "waitlist", "former_logins"])
async def test_the_serving_role_can_neither_truncate_nor_delete_what_it_promised(owner_url: str, table: str) -> None:
    (row,) = await as_owner(
        owner_url,
        "SELECT has_table_privilege($1, $2, 'DELETE') OR has_table_privilege($1, $2, 'TRUNCATE') AS may",
        SERVING_ROLE,
        table,
    )
    assert row["may"] is False


async def test_an_owner_who_is_no_superuser_migrates_and_the_service_works(postgres: Server) -> None:
    """As deploy/roles.sql makes the roles, twice."""
    async with postgres.fresh("template0") as superuser:
        name = f"owner_{uuid4().hex}"
        serving = await serving_url(superuser)
        parts = urlsplit(superuser)
        owner = parts._replace(netloc=f"{name}:secret@{parts.netloc.rpartition('@')[2]}").geturl()
        await as_owner(superuser, f"CREATE ROLE {name} LOGIN CREATEROLE PASSWORD 'secret'")
        try:
            await as_owner(superuser, f"GRANT {SERVING_ROLE} TO {name} WITH ADMIN OPTION")
            await as_owner(superuser, f'ALTER DATABASE "{parts.path[1:]}" OWNER TO {name}')
            assert await migrate(owner, serving)
            assert await migrate(owner, serving) == []
            opened = Database(serving)
            agency = organization(postgres_store(opened))
            await agency.slots_of(await agency.agent(), 2)
            assert await agency.store.outbox.place(10) > 0
            assert await SealingService(agency.store.trail, agency.store.now, b"s" * 32).seal() is not None
            await require_least_privilege(opened)
            await opened.close()
        finally:
            await as_owner(superuser, f"REASSIGN OWNED BY {name} TO current_user")
            await as_owner(superuser, f"DROP OWNED BY {name}")
            await as_owner(superuser, f"DROP ROLE {name}")
