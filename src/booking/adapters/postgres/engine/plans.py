"""Plans: PostgreSQL keeps one for each statement of a connection, made for tables of the size that they had then."""

import time
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[Any]"

LOOK = 1.0  # seconds between two looks at how much has come into the tables

GROWN = """
SELECT array_agg(floor(log(2, 1 + pg_stat_get_tuples_inserted(oid)))::bigint ORDER BY oid) FROM pg_class
WHERE relkind = 'r' AND relnamespace = quote_ident(current_schema())::regnamespace
"""
"""How often what ever came into each table has doubled. It waits for no lock, as asking for its size would, and nothing
that comes and goes makes it change for ever."""


class Plans:
    """Plans of the connections of one pool. Why: PostgreSQL plans anew by itself only after a table was analyzed."""

    def __init__(self) -> None:
        self._looked = float("-inf")
        self._grown: object = None
        self._made: WeakKeyDictionary[Connection, object] = WeakKeyDictionary()

    async def renew(self, connection: Connection) -> None:
        """Has this connection plan anew if a table has doubled since it did."""
        now = time.monotonic()
        if now - self._looked >= LOOK:
            self._looked = now
            self._grown = await connection.fetchval(GROWN)
        if self._made.setdefault(connection, self._grown) != self._grown:
            await connection.execute("DISCARD PLANS")
            self._made[connection] = self._grown
