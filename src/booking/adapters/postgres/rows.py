"""Rows and pages of any kind. Each room has readers of its own in its `rows`; the columns stand in sql/fragments/."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Generic, TypeVar

from booking.adapters.postgres.engine.pool import Row
from booking.domain.paging import Page, Paging, Position, Window

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


class Words(dict[str, E], Generic[E]):
    """The members of a closed list by their words.

    A word that only a newer release knows, as after a roll-back, is itself: it equals no member, so no rule takes it
    for one, and it is shown as it is.
    """

    def __init__(self, kind: type[E]) -> None:
        super().__init__((member.value, member) for member in kind)
        self._kind = kind

    def __missing__(self, word: str) -> E:
        other = str.__new__(self._kind, word)
        other._name_ = other._value_ = word
        return other


def by_number(rows: Iterable[Row]) -> dict[int, list[Row]]:
    """Group the rows of a batch by the number of their question."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.number, []).append(row)
    return found


def start_and_id(row: Row) -> Position:
    return Position(row.start_time, row.id)


def page_from(
    rows: Sequence[Row], paging: Paging, read: Callable[[Row], T], position: Callable[[Row], Position] = start_and_id
) -> Page[T]:
    """Read a page, of which one row more was asked for, to know whether any are left."""
    shown = rows[: paging.limit]
    more = len(rows) > paging.limit
    return Page(items=[read(row) for row in shown], next=position(shown[-1]) if more else None)


def page_inputs(window: Window, paging: Paging) -> dict[str, object]:
    """Return the inputs of a composed statement of a page."""
    after = paging.after
    return {
        "since": window.since,
        "until": window.until,
        "after_start": after and after.start_time,
        "after_id": after and after.id,
        "most": paging.limit + 1,
    }


def stretch_inputs(window: Window, paging: Paging, *, latest: bool, newest: bool = False) -> dict[str, object]:
    """Return the inputs of {stretch}: all but how many rows are read."""
    after, by_start = paging.after, not newest
    return {
        "since": window.since,
        "until": window.until,
        "after_start": after and after.start_time,
        "after_id": after and after.id,
        "onwards": (after and by_start and not latest) or None,
        "back": (after and by_start and latest) or None,
        "descending": latest or None,
    }
