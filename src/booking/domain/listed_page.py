"""A page of what can be booked at a property, as its viewer may see it: by columns, as its listings are."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from booking.domain.actions import SlotAction
from booking.domain.listing import Listed
from booking.domain.paging import Position
from booking.domain.values import dataclass


class ListedView(NamedTuple):
    """A slot of a listing as its viewer may see it."""

    organization_id: UUID
    actions: tuple[SlotAction, ...]
    listed: Listed


class ListedColumns(NamedTuple):
    """For each field of `Listed` what the slots have there, after whose they are and the actions."""

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
        rows = zip(*self.columns, strict=True)
        return [ListedView(whose, actions, Listed._make(listed)) for whose, actions, *listed in rows]


_by_start = itemgetter(*map(ListedColumns._fields.index, ("start_time", "id")))


def _in_one_order(listings: Sequence[ListedColumns]) -> ListedColumns:
    rows = sorted(chain.from_iterable(zip(*listing, strict=True) for listing in listings), key=_by_start)
    return ListedColumns._make(zip(*rows, strict=True)) if rows else ListedColumns()
