"""Pages by keyset: a position and a limit, stable while rows come and go."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Generic, TypeVar
from uuid import UUID

from booking.domain.values import Value

T = TypeVar("T")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Start in the position of items without a start."""


class Position(Value, order=True, kw_only=False):
    """End of a page in a list ordered by start, then id."""

    start_time: datetime
    id: UUID


class Paging(Value, kw_only=True):
    after: Position | None
    limit: int


class Page(Value, Generic[T], kw_only=True):
    items: Sequence[T]
    next: Position | None
    """Position of the last item; None at the end."""
    total: "Total | None" = None
    """Number of all items, if it was asked for."""


class Total(Value, kw_only=True):
    """Number of items of a list; unless it is exact, there are more."""

    count: int
    exact: bool


class Window(Value, kw_only=True):
    """Range of starts, half-open: `since <= start < until`; None is unbounded."""

    since: datetime | None = None
    until: datetime | None = None

    def __contains__(self, start: datetime) -> bool:
        return (self.since is None or self.since <= start) and (self.until is None or start < self.until)
