"""Listings: what can be booked at properties, each a page in order of the starts, and many in one statement."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias, TypeVar
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres.batches import Batches
from booking.adapters.postgres.database import Database
from booking.adapters.postgres.instants import EVER, SINCE_EVER
from booking.adapters.postgres.looks import Looks, Seen, applicant_id_in
from booking.adapters.postgres.openings import OPENINGS, PUBLIC, UNRULED, counted, opening_from
from booking.adapters.postgres.policies import RULES, ruled
from booking.adapters.postgres.prepared import Prepared, asked
from booking.adapters.postgres.standings import by_number
from booking.adapters.postgres.tables import Instant, slots
from booking.domain.caller import Caller
from booking.domain.opening import Opening
from booking.domain.paging import Page, Paging, Position, Window
from booking.domain.slot import Slot
from booking.domain.standing import Standing

FIRST = Position(SINCE_EVER, UUID(int=0))


class _Listing(NamedTuple):
    organization_id: UUID
    property_id: UUID
    since: datetime
    until: datetime
    start: datetime
    id: UUID
    most: int


class _Near(NamedTuple):
    organization_id: UUID
    property_id: UUID
    id: UUID
    start: datetime
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
_near = asked(organization_id=sa.Uuid(), property_id=sa.Uuid(), id=sa.Uuid(), start=Instant, most=sa.Integer())


def _of(questions: sa.TableValuedAlias) -> sa.ColumnElement[bool]:
    return sa.and_(
        slots.c.organization_id == questions.c.organization_id, slots.c.property_id == questions.c.property_id, PUBLIC
    )


_listed = (
    sa.select(*UNRULED)
    .select_from(counted(slots))
    .where(
        _of(_listings),
        slots.c.start_time >= _listings.c.since,
        slots.c.start_time < _listings.c.until,
        sa.tuple_(slots.c.start_time, slots.c.id) > sa.tuple_(_listings.c.start, _listings.c.id),
    )
    .order_by(slots.c.start_time, slots.c.id)
    .limit(_listings.c.most)
    .lateral("listed")
)
_others = OPENINGS.where(_of(_near), slots.c.id != _near.c.id)
_nearest = sa.union_all(
    _others.where(slots.c.start_time < _near.c.start).order_by(slots.c.start_time.desc()).limit(_near.c.most),
    _others.where(slots.c.start_time >= _near.c.start).order_by(slots.c.start_time).limit(_near.c.most),
).lateral("nearest")

LISTED = Prepared(
    sa.select(_listings.c.number, *_listed.c, RULES)
    .select_from(ruled(_listings, _listings).join(_listed, sa.true()))
    .order_by(_listings.c.number, _listed.c.start_time, _listed.c.id),
    _Listing._fields,
)
NEAREST = Prepared(sa.select(_near.c.number, *_nearest.c).select_from(_near.join(_nearest, sa.true())), _Near._fields)

Q = TypeVar("Q", _Listing, _Near)

_Asked: TypeAlias = tuple[_Listing, UUID | None]


class Listings:
    def __init__(self, database: Database, looks: Looks) -> None:
        self._database = database
        self._looks = looks
        self._listed = Batches(self._listed_for, kind="lists")
        self._nearest = Batches(self._nearest_for, kind="alternatives")

    async def bookable(
        self, property_id: UUID, caller: Caller, window: Window, paging: Paging
    ) -> tuple[Page[Opening], dict[UUID, Standing]]:
        found: list[Opening] = []
        standings = {}
        after = paging.after or FIRST
        for organization_id in caller.organizations:
            listing = _Listing(
                organization_id,
                property_id,
                window.since or SINCE_EVER,
                window.until or EVER,
                after.start_time,
                after.id,
                paging.limit + 1,
            )
            listed = await self._listed.ask((listing, applicant_id_in(caller, organization_id)))
            openings, standing = listed or ((), None)
            found += openings
            if standing is not None:
                standings[organization_id] = standing
        if len(caller.organizations) > 1:
            found.sort(key=lambda one: (one.slot.start_time, one.slot.id))
        shown = found[: paging.limit]
        more = len(found) > paging.limit
        page = Page(items=shown, next=Position(shown[-1].slot.start_time, shown[-1].slot.id) if more else None)
        return page, standings

    async def nearest(self, slot: Slot, limit: int) -> Sequence[Opening]:
        """The nearest before and the nearest after, each by the index, and of those the nearest."""
        near = _Near(slot.organization_id, slot.property_id, slot.id, slot.start_time, limit)
        found = list(await self._nearest.ask(near) or ())
        found.sort(key=lambda one: (abs(one.slot.start_time - slot.start_time), one.slot.start_time))
        return found[:limit]

    async def _listed_for(self, asked: Sequence[_Asked]) -> Mapping[_Asked, Seen]:
        found = await self._answered(LISTED, list(dict.fromkeys(listing for listing, _ in asked)))
        return await self._looks.seen(asked, found)

    async def _nearest_for(self, asked: Sequence[_Near]) -> Mapping[_Near, list[Opening]]:
        return await self._answered(NEAREST, asked)

    async def _answered(self, statement: Prepared, asked: Sequence[Q]) -> Mapping[Q, list[Opening]]:
        found = by_number(await self._database.rows(statement, *zip(*asked, strict=True)))
        return {asked[number - 1]: list(map(opening_from, rows)) for number, rows in found.items()}
