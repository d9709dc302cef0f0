"""The database: whether it is there, fit, migrated, and looked after."""

import time
from collections.abc import AsyncIterator

import sqlalchemy as sa

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.errors import StatementRefused
from booking.adapters.postgres.engine.pool import MOST
from booking.adapters.postgres.engine.pooler import Untracked
from booking.adapters.postgres.migrations import OLDEST, require_current_schema
from booking.adapters.postgres.privileges import TooPowerful, require_least_privilege
from booking.adapters.postgres.vitals import PostgresVitals
from booking.cli.examinations.diagnosis import Diagnosis
from booking.config import Settings
from booking.domain.refusals import Unavailable

ABOUT = "database"
DRIFT = 2.0  # seconds between two clocks that do no harm
NAP = 5  # seconds, as the README says
EXTENSION = "btree_gist"
FITNESS = sa.text(
    """SELECT current_setting('server_version_num')::int / 10000 AS major, current_setting('server_version') AS version,
              current_setting('server_encoding') AS encoding, extract(epoch FROM clock_timestamp()) AS clock,
              current_setting('autovacuum') AS autovacuum,
              extract(epoch FROM current_setting('autovacuum_naptime')::interval) AS nap,
              current_setting('max_connections')::int AS connections,
              EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist') AS extended"""
)


async def database_findings(database: Database, settings: Settings) -> AsyncIterator[Diagnosis]:
    asked = time.time()
    try:
        await database.require_tracking()
        (row,) = await database.fetch(FITNESS)
    except (Unavailable, Untracked) as error:
        cause = error.cause if isinstance(error, Unavailable) and error.cause else error
        yield Diagnosis(ABOUT, str(cause), "see DATABASE_URL, and whether the server runs", fault=True)
        return
    yield _version(row.major, row.version)
    if row.encoding != "UTF8":
        yield Diagnosis(ABOUT, f"its encoding is {row.encoding}", "create one with ENCODING 'UTF8'", fault=True)
    apart = float(row.clock) - (asked + time.time()) / 2
    if abs(apart) > DRIFT:
        yield Diagnosis("clock", f"the database's is {apart:+.1f} s off this host's", "let both follow NTP", fault=True)
    else:
        yield Diagnosis("clock", f"the database's is {apart:+.1f} s off this host's")
    if not row.extended:
        yield Diagnosis(ABOUT, f"the extension {EXTENSION} is missing", "run `booking migrate`", fault=True)
    if row.autovacuum != "on":
        yield Diagnosis(ABOUT, "autovacuum is off", "switch it on: plans go by what it finds", fault=True)
    elif row.nap > NAP:
        yield Diagnosis(ABOUT, f"autovacuum_naptime is {row.nap:.0f} s", f"set it to {NAP} s")
    needed = MOST * settings.processes
    if needed > row.connections:
        yield Diagnosis(
            ABOUT,
            f"{settings.processes} processes may have {needed} connections, and max_connections is {row.connections}",
            "raise it, or lower BOOKING_WORKERS",
            fault=True,
        )
    async for one in _schema(database):
        yield one


def _version(major: int, version: str) -> Diagnosis:
    if major < OLDEST:
        return Diagnosis(ABOUT, f"PostgreSQL {version}", f"use {OLDEST} or later", fault=True)
    return Diagnosis(ABOUT, f"PostgreSQL {version} answers")


async def _schema(database: Database) -> AsyncIterator[Diagnosis]:
    try:
        await require_current_schema(database)
    except (Unavailable, StatementRefused) as error:
        says = error.detail if isinstance(error, Unavailable) else str(error)
        yield Diagnosis("migrations", says, "see `booking migrate --status`", fault=True)
        return
    yield Diagnosis("migrations", "all of this release are applied")
    try:
        await require_least_privilege(database)
    except TooPowerful as error:
        yield Diagnosis("privileges", str(error), "see docs/adr/0038-rights.md", fault=True)
    else:
        yield Diagnosis("privileges", "the serving role may do what it needs, and no more")
    vitals = await PostgresVitals(database).look()
    year = time.gmtime().tm_year
    if vitals.partitions_end <= year:
        yield Diagnosis("partitions", f"the last is of {vitals.partitions_end}", "run `booking migrate`", fault=True)
    else:
        yield Diagnosis("partitions", f"there are some until the end of {vitals.partitions_end}")
    if vitals.replication_lag is not None:
        yield Diagnosis("replication", f"the standby furthest behind is {vitals.replication_lag:.1f} s behind")
