"""Migrations: numbered SQL files, each applied once, in order, in a transaction of its own, and then their steps."""

import asyncio
import hashlib
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import NamedTuple, TypeAlias, TypeVar
from urllib.parse import unquote, urlsplit

import asyncpg
import sqlalchemy as sa

from booking import files
from booking.adapters.postgres.engine.causes import Outage, Target, cause_of, state_of
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.errors import OF_THE_DRIVER, StatementRefused, ended, persistently
from booking.adapters.postgres.engine.sessions import connect
from booking.adapters.postgres.engine.statements import Prepared
from booking.adapters.postgres.steps import Step, steps_of
from booking.domain.refusals import Unavailable
from booking.faults import Explained

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
T = TypeVar("T")

LOCK = 0x626F6F6B  # one number for everyone who migrates this database
UNDEFINED_TABLE = "42P01"
NOT_MIGRATED = "the database is not migrated: run `booking migrate`"
MIGRATED_FOR_OTHERS = (
    "the role in DATABASE_URL may not read the schema: `booking migrate` is under way, or was run for another role"
)
VERSION = Prepared(sa.select(sa.text("coalesce(max(version), 0) AS version FROM schema_migrations")), ())
OLDEST = 16  # PostgreSQL's major version
CONNECT = 10.0  # seconds
INSUFFICIENT_PRIVILEGE = "42501"
YEARS_AHEAD = 3
YEARS_KEPT = 7

# Whoever waits for a table's lock makes everybody who comes later wait behind it, so a migration waits for a moment
# only, lets those pass, and tries anew. The moment is a fraction of what the service itself waits for a lock.
LOCK_TIMEOUT = "200ms"
PAUSE = 0.3  # seconds
PATIENCE = 60.0  # seconds

CREATE_LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    version    integer     PRIMARY KEY,
    name       text        NOT NULL,
    digest     text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""


MISSING = "missing: run `booking migrate`"
EDITED = "edited after it had been applied"


class MigrationError(Explained):
    """The database cannot be migrated; the message is the reason, with the remedy."""


class State(NamedTuple):
    """State of a migration or a step; `fine`: there is nothing to do about it."""

    name: str
    says: str
    fine: bool = True


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str
    sql: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


@cache
def known() -> tuple[Migration, ...]:
    """Every migration of this release, in order."""
    return tuple(
        Migration(int(file.name.split("_", 1)[0]), file.name, file.read_text(encoding="utf-8"))
        for file in sorted(files.path("db/migrations").glob("[0-9]*.sql"))
    )


async def require_current_schema(database: Database) -> None:
    """Unavailable unless the database answers and has every migration of this release; newer ones do no harm.

    Asked as requests ask, so that nobody is told that they would be answered who would not be.
    """
    try:
        (row,) = await database.fetch(VERSION)
    except StatementRefused as refused:
        if refused.sqlstate == UNDEFINED_TABLE:
            raise Unavailable(NOT_MIGRATED) from refused
        if refused.sqlstate == INSUFFICIENT_PRIVILEGE:
            raise Unavailable(MIGRATED_FOR_OTHERS) from refused
        raise
    if row.version < known()[-1].version:
        raise Unavailable(NOT_MIGRATED)


async def migrate(owner_url: str, serving_url: str) -> list[str]:
    """Apply missing migrations as the owning role, for the role that `serving_url` names; return their names.

    Simultaneous runs on several hosts apply everything once. MigrationError if an applied file was edited since, or if
    the database refuses.
    """
    serving_role = unquote(urlsplit(serving_url).username or urlsplit(owner_url).username or "")
    async with _owner(owner_url) as connection:
        await _require_fit_database(connection)
        serving_role = serving_role or await connection.fetchval("SELECT current_user")
        if not await connection.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = $1", serving_role):
            raise MigrationError(f"the serving role {serving_role!r}, named in DATABASE_URL, does not exist: create it")
        await _patiently(lambda: _create_ledger(connection))
        await _patiently(lambda: _let_into_schema(connection, serving_role))
        applied = [
            migration.name
            for migration in known()
            if await _patiently(partial(_apply, connection, migration, serving_role))
        ]
        applied += await _add_years(connection)
        for migration in known():
            for step in steps_of(migration.name):
                await _take(connection, step)
        return applied


async def status(owner_url: str) -> list[State]:
    """Say of each migration, known here or applied there, when it was applied, or that it is missing; and of each step
    whether it is done."""
    async with _owner(owner_url) as connection:
        applied = {}
        if await connection.fetchval("SELECT to_regclass('schema_migrations') IS NOT NULL"):
            rows = await connection.fetch("SELECT version, name, digest, applied_at FROM schema_migrations")
            applied = {row["version"]: row for row in rows}
        steps = {
            version: [_state(step, await step.left(connection)) for step in steps_of(row["name"])]
            for version, row in applied.items()
        }
    here = {migration.version: migration for migration in known()}
    states = []
    for version in sorted(here.keys() | applied.keys()):
        row, migration = applied.get(version), here.get(version)
        if row is None:
            states.append(State(here[version].name, MISSING, fine=False))
        elif migration is not None and migration.digest != row["digest"]:
            states.append(State(migration.name, EDITED, fine=False))
        else:
            when = f"applied at {row['applied_at']:%Y-%m-%dT%H:%M:%SZ}"
            states.append(State(row["name"], when if migration else f"{when}, by a newer release"))
        states += steps.get(version, ())
    return states


def _state(step: Step, left: int) -> State:
    return State(f"  {step.name}", f"{left} left: run `booking migrate`" if left else "done", fine=not left)


async def retire(owner_url: str) -> list[str]:
    """Drops the partitions whose events are all older than their retention; says which. The seals over them stay."""
    async with _owner(owner_url) as connection:
        oldest = await connection.fetchval("SELECT extract(year FROM now() AT TIME ZONE 'UTC')::int") - YEARS_KEPT
        names = await connection.fetch(
            "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1"
        )
        years = [row["name"] for row in names if row["name"].removeprefix("events_").isdigit()]
        retired = [name for name in years if int(name.removeprefix("events_")) < oldest]
        for name in retired:
            await _patiently(partial(_drop, connection, name))
        return retired


@asynccontextmanager
async def _owner(url: str) -> AsyncIterator[Connection]:
    """A connection of the owning role. MigrationError where the database refuses, or
    ends it; Unavailable, with the cause, where it cannot be reached."""
    connection: Connection = await persistently(
        lambda: connect(url, timeout=CONNECT), Outage(Target.of(url), logs=False)
    )
    try:
        yield connection
    except OF_THE_DRIVER as error:
        raise MigrationError(_explained(error, Target.of(url))) from error
    finally:
        connection.terminate() if connection.is_in_transaction() else await connection.close()


@asynccontextmanager
async def _transaction(connection: Connection) -> AsyncIterator[None]:
    """A transaction that waits for no lock for long. What it sets ends with it: a pooler would give it to others."""
    async with connection.transaction():
        await connection.execute(f"SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        yield


def _explained(error: Exception, target: Target) -> str:
    if state_of(error) == INSUFFICIENT_PRIVILEGE:
        return (
            f"the role in BOOKING_MIGRATION_DATABASE_URL, or else in DATABASE_URL, may not change the database"
            f" {target.database!r} at {target.place} (SQLSTATE {INSUFFICIENT_PRIVILEGE}): name its owner"
        )
    if state_of(error) == UNDEFINED_TABLE:
        return NOT_MIGRATED
    return f"{replace(cause_of(error), target=target)}; what was applied stays applied"


async def _require_fit_database(connection: Connection) -> None:
    """MigrationError before anything is begun where it could not be brought to an end."""
    version, encoding = connection.get_server_version(), await connection.fetchval("SHOW server_encoding")
    if version.major < OLDEST:
        raise MigrationError(f"PostgreSQL {OLDEST} or later is needed, and this is {version.major}.{version.micro}")
    if encoding != "UTF8":
        raise MigrationError(
            f"a database with the encoding UTF8 is needed, and this has {encoding}: it could not keep every name."
            " Create one with ENCODING 'UTF8' TEMPLATE template0"
        )


async def _patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """What `attempt` returns; done again, as a whole, for as long as others hold the locks that it needs."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return await attempt()
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError) as error:
            if time.monotonic() > deadline:
                raise MigrationError(
                    f"somebody holds a lock on what is to be changed for {PATIENCE:.0f} s: look for long transactions "
                    "in pg_stat_activity, and run this again; what was applied stays applied"
                ) from error
        await asyncio.sleep(PAUSE * (0.5 + random.random()))  # noqa: S311 - jitter, not a secret


async def _take(connection: Connection, step: Step) -> None:
    """Do what is left of a step."""
    if not step.query:
        for table in await step.tables(connection):
            await _patiently(partial(step.build, connection, table))
        return

    async def once() -> None:
        async with _transaction(connection):
            await connection.execute(step.statement)

    while await step.left(connection):
        await _patiently(once)


async def _create_ledger(connection: Connection) -> None:
    async with _transaction(connection):
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        await connection.execute(CREATE_LEDGER)


async def _let_into_schema(connection: Connection, role: str) -> None:
    """Let the serving role use the schema: `public` is everybody's, another one is not."""
    async with _transaction(connection):
        if not await connection.fetchval("SELECT has_schema_privilege($1, current_schema(), 'USAGE')", role):
            grant = "SELECT format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), $1::text)"
            await connection.execute(await connection.fetchval(grant, role))


async def _drop(connection: Connection, partition: str) -> None:
    async with _transaction(connection):
        await connection.execute(f"ALTER TABLE events DETACH PARTITION {partition}")
        await connection.execute(f"DROP TABLE {partition}")


async def _add_years(connection: Connection) -> list[str]:
    """The events' partitions of this year and of those to come; events of a year without one are kept all the same."""
    this_year = await connection.fetchval("SELECT extract(year FROM now() AT TIME ZONE 'UTC')::int")
    if not await connection.fetchval("SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass('events')"):
        return []  # an earlier schema, of which tests begin
    return [
        f"events_{year}"
        for year in range(this_year, this_year + YEARS_AHEAD + 1)
        if await _patiently(partial(_add_year, connection, year))
    ]


async def _add_year(connection: Connection, year: int) -> bool:
    async with _transaction(connection):
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        if not await connection.fetchval("SELECT to_regclass($1) IS NULL", f"events_{year}"):
            return False
        await connection.execute(
            f"CREATE TABLE events_{year} PARTITION OF events"
            f" FOR VALUES FROM ('{year}-01-01 00:00:00Z') TO ('{year + 1}-01-01 00:00:00Z')"
        )
    return True


async def _apply(connection: Connection, migration: Migration, serving_role: str) -> bool:
    async with _transaction(connection):
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        digest = await connection.fetchval("SELECT digest FROM schema_migrations WHERE version = $1", migration.version)
        if digest == migration.digest:
            return False
        if digest is not None:
            raise MigrationError(f"{migration.name} was edited after it had been applied here: add a new file instead")
        await connection.execute("SELECT set_config('booking.serving_role', $1, true)", serving_role)
        try:
            await connection.execute(migration.sql)
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            raise
        except asyncpg.PostgresError as error:
            if ended(error) or state_of(error) == INSUFFICIENT_PRIVILEGE:
                raise
            raise MigrationError(f"{migration.name}: {error.args[0] if error.args else error}") from error
        await connection.execute(
            "INSERT INTO schema_migrations (version, name, digest) VALUES ($1, $2, $3)",
            migration.version,
            migration.name,
            migration.digest,
        )
    return True
