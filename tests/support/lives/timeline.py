"""Values by the time from which they hold."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")

GRACE = timedelta(seconds=5)
"""Time before the handing over within which what has ended does not count."""


class Timeline(Generic[T]):
    def __init__(self) -> None:
        self.entries: list[tuple[datetime, T]] = []

    def add(self, at: datetime, value: T) -> None:
        self.entries.append((at, value))

    @property
    def now(self) -> T:
        return self.entries[-1][1]

    @property
    def since(self) -> datetime:
        return self.entries[-1][0]

    def lately(self, at: datetime) -> Sequence[T]:
        """Return all values that held within the time of grace before an instant."""
        ends = [when for when, _ in self.entries[1:]] + [datetime.max.replace(tzinfo=at.tzinfo)]
        return [value for (_, value), end in zip(self.entries, ends, strict=True) if end >= at - GRACE]
