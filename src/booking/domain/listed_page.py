"""A page of what can be booked at a property, as its viewer may see it: by columns, as its listings are."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from booking.domain.allowed_actions import SlotAction
from booking.domain.listing import Listed, Listing
from booking.domain.paging import Position
from booking.domain.values import Value, derived


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


class ListingView(NamedTuple):
    """A listing as its viewer may see it: what they may do with each of its slots."""

    listing: Listing
    actions: Sequence[tuple[SlotAction, ...]]

    @property
    def columns(self) -> ListedColumns:
        listing = self.listing
        return ListedColumns([listing.organization_id] * len(listing), self.actions, *listing.columns)


class ListedPage(Value, kw_only=True, dict=True):
    """In the order of the starts, then of the ids. `listings` are each in that order, and have one slot more than there
    is room for, if they have so many."""

    property_id: UUID
    listings: Sequence[ListingView]
    limit: int

    @derived
    def _columns(self) -> ListedColumns:
        if len(self.listings) == 1:
            return self.listings[0].columns
        return _in_one_order([listing.columns for listing in self.listings])

    @property
    def columns(self) -> ListedColumns:
        return ListedColumns._make(column[: self.limit] for column in self._columns)

    @property
    def next(self) -> Position | None:
        start_times, ids = self._columns.start_time, self._columns.id
        return Position(start_times[self.limit - 1], ids[self.limit - 1]) if len(ids) > self.limit else None

    @property
    def alike(self) -> ListingView | None:
        """Where there is but one listing, and all of its slots have the same actions."""
        if len(self.listings) != 1:
            return None
        (view,) = self.listings
        return view if view.actions.count(view.actions[0]) == len(view.actions) else None

    @property
    def items(self) -> Sequence[ListedView]:
        rows = zip(*self.columns, strict=True)
        return [ListedView(whose, actions, Listed._make(listed)) for whose, actions, *listed in rows]


_by_start = itemgetter(*map(ListedColumns._fields.index, ("start_time", "id")))


def _in_one_order(listings: Sequence[ListedColumns]) -> ListedColumns:
    rows = sorted(chain.from_iterable(zip(*listing, strict=True) for listing in listings), key=_by_start)
    return ListedColumns._make(zip(*rows, strict=True)) if rows else ListedColumns()
