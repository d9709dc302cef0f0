"""Steps of a migration outside of its transaction: indexes that are built beside writers, and filling in batches.

They stand in db/steps, in a file named as the migration's. Above each statement is its name, and how it is done:

    -- step: in_order
    -- concurrently for each partition of events
    -- step: numbered
    -- while SELECT last - numbered FROM positions

`concurrently` builds an index, whose `{index}` is its `{table}` and the step's name. `while` does its statement, each
time in a transaction of its own, for as long as the query counts something. What is left is asked of the database and
kept nowhere, so a step that was cut off goes on where it was, and a partition that is added later gets its indexes.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple, TypeAlias

import asyncpg

from booking import files
from booking.faults import Explained

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

STEP = re.compile(
    r"^-- step: (\w+)\n-- (?:concurrently for each partition of (\w+)|concurrently on (\w+)|while (.+))\n", re.MULTILINE
)
BUILDING = "SELECT count(*) FROM pg_stat_progress_create_index WHERE relid = to_regclass($1)"
PARTITIONS = "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1"


class NotUnique(Explained):
    """A table has two rows that are equal where a unique index lets none be."""


class Step(NamedTuple):
    """Step outside of a transaction: an index on `partitions_of` or `table`, or `statement` while `query` counts work
    left.
    """

    name: str
    partitions_of: str
    table: str
    query: str
    statement: str

    async def left(self, connection: Connection) -> int:
        """Return the amount of work left: indexes, or the query's count."""
        if self.query:
            return int(await connection.fetchval(self.query) or 0)
        return len(await self.tables(connection))

    async def tables(self, connection: Connection) -> Sequence[str]:
        """The tables that lack the index; one that was left half built counts as lacking."""
        tables = [self.table]
        if self.partitions_of:
            tables = [row["name"] for row in await connection.fetch(PARTITIONS, self.partitions_of)]
        return [table for table in tables if not await _valid(connection, self._index(table))]

    async def build(self, connection: Connection, table: str) -> None:
        """Build an index beside writers; LockNotAvailable while another host builds it; NotUnique.

        Outside of a transaction, and without a limit of time: it waits for older transactions, and no statement waits
        for it.
        """
        index = self._index(table)
        if await connection.fetchval(BUILDING, table):
            raise asyncpg.LockNotAvailableError
        try:
            if await _valid(connection, index) is False:  # left half built
                await connection.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {index}")
            await connection.execute(self.statement.format(index=index, table=table))
        except asyncpg.UniqueViolationError as error:
            if error.table_name == "pg_class":  # another host began at the same moment
                raise asyncpg.LockNotAvailableError from error
            raise NotUnique(
                f"{table} has two rows that are equal where {index} lets none be: somebody wrote there by hand;"
                " `booking check` counts them, `booking audit verify` tells which"
            ) from error
        except asyncpg.InternalServerError as error:  # "tuple concurrently updated", by another host
            raise asyncpg.LockNotAvailableError from error

    def _index(self, table: str) -> str:
        return f"{table}_{self.name}"


@cache
def steps_of(migration: str) -> Sequence[Step]:
    """The steps of a migration, in their order."""
    file = files.path("db/steps") / migration
    if not file.exists():
        return ()
    text = file.read_text(encoding="utf-8")
    heads = list(STEP.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)]
    return tuple(
        Step(head[1], head[2] or "", head[3] or "", head[4] or "", text[head.end() : end].strip())
        for head, end in zip(heads, ends, strict=True)
    )


async def _valid(connection: Connection, index: str) -> bool | None:
    valid: bool | None = await connection.fetchval(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)", index
    )
    return valid
