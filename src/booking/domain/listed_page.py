"""A page of what can be booked at a property, as its viewer may see it: by columns, as its listings are."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from booking.domain.actions import SlotAction
from booking.domain.paging import Position
from booking.domain.values import dataclass


class ListedView(NamedTuple):
    """A slot of a listing as its viewer may see it: whose it is, the actions, and what it has as one of `Listed`."""

    organization_id: UUID
    actions: tuple[SlotAction, ...]
    id: UUID
    agent_id: UUID
    start_time: datetime
    end_time: datetime
    capacity: int
    places_left: int
    created_at: datetime
    updated_at: datetime


class ListedColumns(NamedTuple):
    """For each field of `ListedView` what the slots have there."""

    organization_id: Sequence[UUID] = ()
    actions: Sequence[tuple[SlotAction, ...]] = ()
    id: Sequence[UUID] = ()
    agent_id: Sequence[UUID] = ()
    start_time: Sequence[datetime] = ()
    end_time: Sequence[datetime] = ()
    capacity: Sequence[int] = ()
    places_left: Sequence[int] = ()
    created_at: Sequence[datetime] = ()
    updated_at: Sequence[datetime] = ()

    def rows(self) -> Iterator[ListedView]:
        return map(ListedView._make, zip(*self, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPage:
    """In the order of the starts, then of the ids."""

    property_id: UUID
    columns: ListedColumns
    next: Position | None

    @classmethod
    def of(cls, property_id: UUID, listings: Sequence[ListedColumns], limit: int) -> "ListedPage":
        """Of listings in that order, each with one slot more than there is room for, if it has so many."""
        columns = listings[0] if len(listings) == 1 else _in_one_order(listings)
        if len(columns.id) <= limit:
            return cls(property_id=property_id, columns=columns, next=None)
        last = Position(columns.start_time[limit - 1], columns.id[limit - 1])
        shown = ListedColumns._make(column[:limit] for column in columns)
        return cls(property_id=property_id, columns=shown, next=last)

    @property
    def items(self) -> Sequence[ListedView]:
        return list(self.columns.rows())


def _in_one_order(listings: Sequence[ListedColumns]) -> ListedColumns:
    rows = sorted(chain.from_iterable(listing.rows() for listing in listings), key=attrgetter("start_time", "id"))
    return ListedColumns._make(zip(*rows, strict=True)) if rows else ListedColumns()
