"""What is asked of listings: what can be booked at properties, in pages by their starts, many in one statement."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres.availabilities import OPEN, left
from booking.adapters.postgres.counts import TAKEN, UNSETTLED, UPDATED_AT, WAITING, summed
from booking.adapters.postgres.engine.statements import asked
from booking.adapters.postgres.page_cache import VERSION, mark_of
from booking.adapters.postgres.policies import RULES, of_organization, of_property, ruled
from booking.adapters.postgres.tables import Instant, booking_now, slots
from booking.adapters.postgres.viewed import spanned, viewed
from booking.domain.slot_page import BookableSlot


class Wanted(NamedTuple):
    """A page: of a property, of a time, after a position, and no more than so many."""

    organization_id: UUID
    property_id: UUID
    since: datetime
    until: datetime
    start: datetime
    id: UUID
    most: int


_listings = asked(
    organization_id=sa.Uuid(),
    property_id=sa.Uuid(),
    since=Instant,
    until=Instant,
    start=Instant,
    id=sa.Uuid(),
    most=sa.Integer(),
)
_viewers = asked("viewer_", listing=sa.BigInteger(), applicant_id=sa.Uuid())
INPUTS = (*Wanted._fields, "viewer_listing", "viewer_applicant_id")


def _in_order(
    source: sa.FromClause, *columns: sa.ColumnElement[Any], where: Sequence[sa.ColumnElement[bool]] = ()
) -> sa.Select[Any]:
    """Slots of the listings that are open, and `where` tells more of."""
    return (
        sa.select(slots.c.start_time, slots.c.end_time, VERSION, *columns)
        .select_from(source)
        .where(
            slots.c.organization_id == _listings.c.organization_id,
            slots.c.property_id == _listings.c.property_id,
            OPEN,
            slots.c.start_time >= _listings.c.since,
            slots.c.start_time < _listings.c.until,
            sa.tuple_(slots.c.start_time, slots.c.id) > sa.tuple_(_listings.c.start, _listings.c.id),
            *where,
        )
        .order_by(slots.c.start_time, slots.c.id)
        .limit(_listings.c.most)
        .correlate(_listings, of_property, of_organization)
    )


def _page_of(rows: sa.FromClause, *columns: sa.ColumnElement[Any]) -> sa.FromClause:
    return (
        sa.select(
            mark_of(rows).label("mark"),
            sa.func.min(rows.c.start_time).label("since"),
            sa.func.max(rows.c.end_time).label("until"),
            *columns,
        )
        .select_from(rows)
        .lateral()
    )


def _viewed(pages: sa.FromClause, page: sa.FromClause, shared: Sequence[sa.ColumnElement[Any]]) -> sa.Select[Any]:
    """Those who look at pages, each with what is found once for all who look at the same."""
    found = (
        sa.select(
            _listings.c.number,
            _listings.c.organization_id,
            *spanned(page.c.since, page.c.until),
            RULES,
            booking_now().label("at"),
            *shared,
        )
        .select_from(pages)
        .where(page.c.mark.is_not(None))
        .offset(0)
        .subquery("found")
    )
    told = (column for column in found.c if column is not found.c.number)
    return sa.select(_viewers.c.number, _viewers.c.applicant_id, *told).select_from(
        _viewers.join(found, found.c.number == _viewers.c.listing)
    )


_ruled = ruled(_listings, _listings)
_open = _page_of(_in_order(slots).lateral("open"))
_places_left = left(TAKEN, WAITING)
_bookable = _in_order(
    summed(slots),
    *(slots.c[name] for name in ("id", "agent_id", "capacity", "created_at")),
    UPDATED_AT.label("updated_at"),
    _places_left.label("places_left"),
    WAITING.label("waiting"),
    UNSETTLED.label("unsettled"),
    where=[_places_left > 0],
).lateral("bookable")
_listed = _page_of(
    _bookable,
    sa.func.array_agg(_bookable.c.id).filter(_bookable.c.waiting > 0).label("awaited"),
    sa.func.bool_or(_bookable.c.unsettled > 0).label("unsettled"),
    *(sa.func.array_agg(_bookable.c[name]).label(name) for name in BookableSlot._fields),
)
_lasts = sa.and_(_listed.c.mark == _open.c.mark, sa.not_(_listed.c.unsettled))
_those = _viewed(
    _ruled.join(_listed, sa.true()).join(_open, sa.true()),
    _listed,
    [
        sa.case((_lasts, _listed.c.mark)).label("mark"),
        _listed.c.awaited,
        *(_listed.c[name] for name in BookableSlot._fields),
    ],
).subquery("those")
LISTED = viewed(_those, [_those.c[name] for name in ("rules", "at", "mark", "awaited", *BookableSlot._fields)], INPUTS)
"""Listings that have slots, and the standings of those who look at them: applicants, or somebody who is none there. By
columns: a page has too many values to read each slot by itself. A `mark` where that tells the page from any other:
all that is open is listed, and nothing on it changes by itself."""

MARKED = _viewed(_ruled.join(_open, sa.true()), _open, [_open.c.mark, sa.false().label("awaited")])
"""Those who look, where the mark is all that there is to tell of the slots."""


def inputs_of(asked: Sequence[tuple[Wanted, UUID | None]]) -> Sequence[Sequence[object]]:
    """As INPUTS: which page, and which applicant looks at it."""
    numbers = {wanted: number for number, wanted in enumerate(dict.fromkeys(wanted for wanted, _ in asked), 1)}
    viewers = ((numbers[wanted], person) for wanted, person in asked)
    return (*zip(*numbers, strict=True), *zip(*viewers, strict=True))
