"""Kept listings: what a page was made of, for as long as nothing that it was made of has changed.

A page is never shown for being kept. Each time the database tells its mark as it is now: which slots are open by their
rows, the policy and the clock, and in which version. What else a page is made of comes with that answer, or changes
with a slot's row: whoever changes who is on a slot, or waits for it, writes the row anew (`saved.py`).
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

import sqlalchemy as sa
from asyncpg.pgproto import pgproto

from booking.adapters.postgres.tables import slots

MOST = 1024  # pages, of 3 kB each at the most

K = TypeVar("K")
T = TypeVar("T")

VERSION = sa.type_coerce(
    sa.func.uuid_send(slots.c.id).op("||")(sa.func.xidsend(sa.literal_column("slots.xmin"))), sa.LargeBinary
).label("version")
"""A slot's row as it is: 16 bytes of its id, 4 of the transaction that wrote it."""

_WIDTH = 20


def mark_of(source: sa.FromClause) -> sa.ColumnElement[bytes]:
    """Of those that have a VERSION, in their order."""
    return sa.func.string_agg(source.c.version, sa.literal_column("''::bytea"))


class _Page(NamedTuple):
    mark: bytes
    columns: Sequence[Sequence[Any]]


class Kept(Generic[K]):
    """Columns by page, the ids first: those are in the mark, and kept there only."""

    def __init__(self) -> None:
        self._pages: dict[K, _Page] = {}

    def __contains__(self, key: K) -> bool:
        return key in self._pages

    def get(self, key: K, mark: bytes) -> Sequence[Sequence[Any]] | None:
        """None, and no more of it, unless it is still that."""
        page = self._pages.pop(key, None)
        if page is None or page.mark != mark:
            return None
        self._pages[key] = page
        return (_ids_in(mark), *page.columns)

    def put(self, key: K, mark: bytes, columns: Sequence[Sequence[Any]]) -> None:
        self._pages.pop(key, None)
        if len(self._pages) >= MOST:
            del self._pages[next(iter(self._pages))]
        self._pages[key] = _Page(mark, [_once(tuple(map(_once, column))) for column in columns[1:]])


@lru_cache(maxsize=4 * MOST)
def _once(one: T) -> T:
    """The same for all that are equal: pages have agents in common, and instants, and whole columns."""
    return one


def _ids_in(mark: bytes) -> Sequence[UUID]:
    return [pgproto.UUID(mark[place : place + 16]) for place in range(0, len(mark), _WIDTH)]
