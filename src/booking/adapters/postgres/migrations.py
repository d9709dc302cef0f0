"""Migrations: numbered SQL files, each applied once, in order, in a transaction of its own."""

import hashlib
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote, urlsplit

import asyncpg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from booking import files
from booking.adapters.postgres.database import Database
from booking.domain.errors import Unavailable
from booking.explained import Explained

LOCK = 0x626F6F6B  # one number for everyone who migrates this database
YEARS_AHEAD = 3
YEARS_KEPT = 7
LOCK_TIMEOUT = "2s"  # a migration that would make writers queue for longer gives up instead

CREATE_LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    version    integer     PRIMARY KEY,
    name       text        NOT NULL,
    digest     text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""


class MigrationError(Explained):
    """The database cannot be migrated; says why, and what to do."""


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
    """Unavailable unless the database answers and has every migration of this release; newer ones do no harm."""
    try:
        (row,) = await database.fetch(sa.text("SELECT coalesce(max(version), 0) AS version FROM schema_migrations"))
    except DBAPIError as error:
        raise Unavailable("the database is not migrated: run `booking migrate`") from error
    if row.version < known()[-1].version:
        raise Unavailable("the database is not migrated: run `booking migrate`")


async def migrate(owner_url: str, serving_url: str) -> list[str]:
    """Apply what is missing, as the owning role, for the role that `serving_url` names; says what was applied.

    Runs at once from several hosts apply everything once. MigrationError where an applied file was edited since,
    or where the database refuses.
    """
    serving_role = unquote(urlsplit(serving_url).username or urlsplit(owner_url).username or "")
    connection = await asyncpg.connect(owner_url, timeout=10)
    try:
        serving_role = serving_role or await connection.fetchval("SELECT current_user")
        if not await connection.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = $1", serving_role):
            raise MigrationError(f"the serving role {serving_role!r}, named in DATABASE_URL, does not exist: create it")
        await connection.execute(f"SET statement_timeout = 0; SET lock_timeout = '{LOCK_TIMEOUT}'")
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
            await connection.execute(CREATE_LEDGER)
        applied = [migration.name for migration in known() if await _apply(connection, migration, serving_role)]
        return applied + await _add_years(connection)
    finally:
        await connection.close()


async def retire(owner_url: str) -> list[str]:
    """Drops the partitions whose events are all older than their retention; says which. The seals over them stay."""
    connection = await asyncpg.connect(owner_url, timeout=10)
    try:
        await connection.execute(f"SET statement_timeout = 0; SET lock_timeout = '{LOCK_TIMEOUT}'")
        oldest = await connection.fetchval("SELECT extract(year FROM now() AT TIME ZONE 'UTC')::int") - YEARS_KEPT
        names = await connection.fetch(
            "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1"
        )
        years = [row["name"] for row in names if row["name"].removeprefix("events_").isdigit()]
        retired = [name for name in years if int(name.removeprefix("events_")) < oldest]
        for name in retired:
            async with connection.transaction():
                await connection.execute(f"ALTER TABLE events DETACH PARTITION {name}")
                await connection.execute(f"DROP TABLE {name}")
        return retired
    finally:
        await connection.close()


async def _add_years(connection: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    """The events' partitions of this year and of those to come; events of a year without one are kept all the same."""
    this_year = await connection.fetchval("SELECT extract(year FROM now() AT TIME ZONE 'UTC')::int")
    added: list[str] = []
    if not await connection.fetchval("SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass('events')"):
        return added  # an earlier schema, of which tests begin
    for year in range(this_year, this_year + YEARS_AHEAD + 1):
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
            if await connection.fetchval("SELECT to_regclass($1) IS NULL", f"events_{year}"):
                await connection.execute(
                    f"CREATE TABLE events_{year} PARTITION OF events"
                    f" FOR VALUES FROM ('{year}-01-01 00:00:00Z') TO ('{year + 1}-01-01 00:00:00Z')"
                )
                added.append(f"events_{year}")
    return added


async def _apply(connection: "asyncpg.Connection[asyncpg.Record]", migration: Migration, serving_role: str) -> bool:
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        digest = await connection.fetchval("SELECT digest FROM schema_migrations WHERE version = $1", migration.version)
        if digest == migration.digest:
            return False
        if digest is not None:
            raise MigrationError(f"{migration.name} was edited after it had been applied here: add a new file instead")
        await connection.execute("SELECT set_config('booking.serving_role', $1, true)", serving_role)
        try:
            await connection.execute(migration.sql)
        except asyncpg.PostgresError as error:
            raise MigrationError(f"{migration.name}: {error.args[0] if error.args else error}") from error
        await connection.execute(
            "INSERT INTO schema_migrations (version, name, digest) VALUES ($1, $2, $3)",
            migration.version,
            migration.name,
            migration.digest,
        )
    return True
