"""Cache of pages of bookable slots, valid as long as none of their slots has changed.

A cached page is shown only after the database has told its current mark: the slots that are open by their rows, the
policy and the clock, each with its version, and the version of the agents' names. Everything else on a page comes with
that answer, or changes with a slot's row: each write of claims or of the waitlist writes the slot's row anew
(`rosters/writes.py`).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from asyncpg.pgproto import pgproto

MOST = 24_576  # slots, in all pages together; one takes 150 bytes at the most
LIFE = timedelta(minutes=10)
"""Bound for changes of claims without a write of the slot: by an older version beside this one, or by an operator."""

K = TypeVar("K")
T = TypeVar("T")

_WIDTH = 20  # bytes of a slot in a mark: {version}


class _Ids(Sequence[UUID]):
    """They are in the mark, and kept there only: made for whoever reads them."""

    __slots__ = ("_mark",)

    def __init__(self, mark: bytes) -> None:
        self._mark = mark

    def __len__(self) -> int:
        return len(self._mark) // _WIDTH

    def __iter__(self) -> Iterator[UUID]:
        return iter(self._made())

    def __getitem__(self, which: Any) -> Any:
        return self._made()[which]

    def _made(self) -> list[UUID]:
        return [pgproto.UUID(self._mark[place : place + 16]) for place in range(0, len(self._mark), _WIDTH)]


class Mark(NamedTuple):
    """State of a page: the versions of its slots, and of the agents' names."""

    slots: bytes
    people: int


class Version:
    """Identity of a cached page."""

    __slots__ = ("__weakref__",)


class Page(NamedTuple):
    """Cached page. Encoders may keep results by its `version`, for as long as that exists."""

    mark: Mark
    until: datetime
    columns: Sequence[Sequence[Any]]
    version: "Version"

    @property
    def slots(self) -> int:
        return len(self.mark.slots) // _WIDTH


class PageCache(Generic[K]):
    """Cache of pages, least recently used first; their first column is the ids."""

    def __init__(self) -> None:
        self._pages: dict[K, Page] = {}
        self._slots = 0

    def __contains__(self, key: K) -> bool:
        return key in self._pages

    def get(self, key: K, mark: Mark, at: datetime) -> Page | None:
        """Return the page if it has this mark; drop it otherwise."""
        page = self._pages.get(key)
        if page is None:
            return None
        self._drop(key)
        if page.mark != mark or at >= page.until:
            return None
        self._add(key, page)
        return page

    def put(self, key: K, mark: Mark, at: datetime, columns: Sequence[Sequence[Any]]) -> None:
        """Cache a page; the least recently used ones make room."""
        if key in self._pages:
            self._drop(key)
        others = [_once(tuple(map(_once, column))) for column in columns[1:]]
        self._add(key, Page(mark, at + LIFE, (_Ids(mark.slots), *others), Version()))
        while self._slots > MOST:
            self._drop(next(iter(self._pages)))

    def _add(self, key: K, page: Page) -> None:
        self._pages[key] = page
        self._slots += page.slots

    def _drop(self, key: K) -> None:
        self._slots -= self._pages.pop(key).slots


@lru_cache(maxsize=4096)
def _once(one: T) -> T:
    """The same for all that are equal: pages have agents in common, and instants, and whole columns."""
    return one
