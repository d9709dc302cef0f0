"""Pages by keyset: after which row, and how many. Stable while rows come and go."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Generic, TypeVar
from uuid import UUID

from booking.domain.values import dataclass

T = TypeVar("T")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The start in the position of what has none."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a page ended: lists are ordered by start, then id."""

    start_time: datetime
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    after: Position | None
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    items: Sequence[T]
    next: Position | None
    """None only at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Starts that are asked for, half-open: `since <= start < until`; None is unbounded."""

    since: datetime | None = None
    until: datetime | None = None

    def __contains__(self, start: datetime) -> bool:
        return (self.since is None or self.since <= start) and (self.until is None or start < self.until)
