"""Unique indexes over the positions of events, and the numbering of older events.

PostgreSQL takes no unique index over all partitions unless it has their key, so each partition has its own;
`booking check` and `booking audit verify` compare across partitions.
"""

from typing import NamedTuple

import asyncpg

from booking.explained import Explained

INDEXES = {"in_order": "position", "of_organization": "organization_id, organization_position"}
REPLACED = "events_in_order, events_of_organization"
BATCH = 5_000  # older events numbered in one transaction, for which the relay waits
BUILDING = "SELECT count(*) FROM pg_stat_progress_create_index WHERE relid = to_regclass($1)"


class DoublePositions(Explained):
    """A partition has a position twice."""


class Index(NamedTuple):
    partition: str
    kind: str

    @property
    def name(self) -> str:
        return f"{self.partition}_{self.kind}"

    def creating(self, how: str = "") -> str:
        columns = INDEXES[self.kind]
        last = columns.rpartition(" ")[2]
        return f"CREATE UNIQUE INDEX {how} {self.name} ON {self.partition} ({columns}) WHERE {last} IS NOT NULL"


async def number_older_events(connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
    """Give a batch of older events the positions of their organizations; tell whether there was any."""
    return await _ordered(connection) and await connection.fetchval("SELECT number_events($1)", BATCH) > 0


async def missing_indexes(connection: "asyncpg.Connection[asyncpg.Record]") -> list[Index]:
    """Return what partitions lack; one that was left half built counts as missing."""
    if not await _ordered(connection):
        return []
    rows = await connection.fetch(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1"
    )
    wanted = [Index(row["name"], kind) for row in rows for kind in INDEXES]
    return [index for index in wanted if not await _valid(connection, index)]


async def build(connection: "asyncpg.Connection[asyncpg.Record]", index: Index) -> None:
    """Build a missing index beside those who write; LockNotAvailable while another host builds one there.

    Outside of a transaction, and without a limit of time: it waits for older transactions, and nobody waits for it.
    """
    if await connection.fetchval(BUILDING, index.partition):
        raise asyncpg.LockNotAvailableError
    try:
        if await _valid(connection, index) is False:  # left half built
            await connection.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}")
        await connection.execute(index.creating("CONCURRENTLY IF NOT EXISTS"))
    except asyncpg.UniqueViolationError as error:
        raise DoublePositions(
            f"{index.partition} has a position twice, so its order cannot be guarded: somebody wrote there by hand;"
            " `booking check` counts them, `booking audit verify` tells which"
        ) from error


async def drop_replaced(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Drop the indexes over all partitions, once each has its own."""
    if await _ordered(connection):
        await connection.execute(f"DROP INDEX IF EXISTS {REPLACED}")


async def _ordered(connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
    """Whether the schema is one with two positions; tests begin with earlier ones."""
    columns = "SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass('events') AND attname = $1"
    return bool(await connection.fetchval(columns, "organization_position"))


async def _valid(connection: "asyncpg.Connection[asyncpg.Record]", index: Index) -> bool | None:
    valid: bool | None = await connection.fetchval(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)", index.name
    )
    return valid
