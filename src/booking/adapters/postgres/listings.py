"""Listings: what can be booked at properties, each a page in order of the starts, and many in one statement."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres.batches import Batches
from booking.adapters.postgres.counts import TAKEN, WAITING, summed
from booking.adapters.postgres.database import Database
from booking.adapters.postgres.instants import EVER, SINCE_EVER
from booking.adapters.postgres.lines import Row
from booking.adapters.postgres.looks import Looks, Viewed, applicant_id_in, spanned, standings_in
from booking.adapters.postgres.openings import OPENINGS, PUBLIC, left, numbered, public
from booking.adapters.postgres.policies import RULES, of_organization, of_property, policy_of, ruled
from booking.adapters.postgres.prepared import Prepared, asked
from booking.adapters.postgres.standings import by_number
from booking.adapters.postgres.tables import Instant, booking_now, slots
from booking.domain.caller import Caller
from booking.domain.listing import Listed, Listing
from booking.domain.opening import Opening, by_nearness
from booking.domain.paging import Paging, Position, Window
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
_SHARED = ("rules", "at", "awaited", *Listed._fields)
_viewers = asked("viewer_", listing=sa.BigInteger(), applicant_id=sa.Uuid())
_near = asked(organization_id=sa.Uuid(), id=sa.Uuid(), most=sa.Integer())
_it = slots.alias("it")


def _of(those: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(slots.c.organization_id == those.c.organization_id, slots.c.property_id == those.c.property_id)


_places_left = left(TAKEN, WAITING)
_bookable = (
    sa.select(
        slots.c.id,
        slots.c.agent_id,
        slots.c.start_time,
        slots.c.end_time,
        slots.c.capacity,
        _places_left.label("places_left"),
        slots.c.created_at,
        slots.c.updated_at,
        WAITING.label("waiting"),
    )
    .select_from(summed(slots))
    .where(
        _of(_listings),
        public(_places_left),
        slots.c.start_time >= _listings.c.since,
        slots.c.start_time < _listings.c.until,
        sa.tuple_(slots.c.start_time, slots.c.id) > sa.tuple_(_listings.c.start, _listings.c.id),
    )
    .order_by(slots.c.start_time, slots.c.id)
    .limit(_listings.c.most)
    .correlate(_listings, of_property, of_organization)
    .lateral("bookable")
)
_listed = (
    sa.select(
        sa.func.bool_or(_bookable.c.waiting > 0).label("awaited"),
        sa.func.min(_bookable.c.start_time).label("since"),
        sa.func.max(_bookable.c.end_time).label("until"),
        *(sa.func.array_agg(_bookable.c[name]).label(name) for name in Listed._fields),
    )
    .select_from(_bookable)
    .lateral("listed")
)
_others = OPENINGS.where(_of(_it), PUBLIC, slots.c.id != _it.c.id)
_nearest = sa.union_all(
    OPENINGS.where(slots.c.organization_id == _it.c.organization_id, slots.c.id == _it.c.id),
    _others.where(slots.c.start_time < _it.c.start_time).order_by(slots.c.start_time.desc()).limit(_near.c.most),
    _others.where(slots.c.start_time >= _it.c.start_time).order_by(slots.c.start_time).limit(_near.c.most),
).lateral("nearest")

_told = (
    sa.select(
        _listings.c.number,
        _listings.c.organization_id,
        *(
            end.label(name)
            for end, name in zip(spanned(_listed.c.since, _listed.c.until), ("since", "until"), strict=True)
        ),
        RULES,
        booking_now().label("at"),
        _listed.c.awaited,
        *(_listed.c[name] for name in Listed._fields),
    )
    .select_from(ruled(_listings, _listings).join(_listed, sa.true()))
    .where(_listed.c.awaited.is_not(None))
    .offset(0)  # so that it is found once for all who look at it
    .subquery("told")
)
_viewed = Viewed.by(
    _viewers.join(_told, _told.c.number == _viewers.c.listing),
    _told.c.organization_id,
    _viewers.c.applicant_id,
    _told.c.since,
    _told.c.until,
)
LISTED = Prepared(
    sa.select(_viewers.c.number, *(_told.c[name] for name in _SHARED), *_viewed.columns)
    .select_from(_viewed.source)
    .order_by(_viewers.c.number, *_viewed.order),
    (*_Listing._fields, "viewer_listing", "viewer_applicant_id"),
)
"""Listings that have slots, and the standings of those who look at them: applicants, or somebody who is none there. By
columns: a page has too many values to read each slot by itself."""

NEAREST = Prepared(
    sa.select(_near.c.number, *_nearest.c).select_from(
        _near.join(_it, sa.and_(_it.c.organization_id == _near.c.organization_id, _it.c.id == _near.c.id)).join(
            _nearest, sa.true()
        )
    ),
    _Near._fields,
)
"""A slot, and on both sides of it the bookable ones of its property that start nearest to it, each by the index."""

_Asked: TypeAlias = tuple[_Listing, UUID | None]
_Found: TypeAlias = tuple[Listing, Standing | None]
_Nearest: TypeAlias = tuple[Opening, Sequence[Opening]]


class Listings:
    def __init__(self, database: Database, looks: Looks) -> None:
        self._database = database
        self._looks = looks
        self._listed = Batches(self._listed_for, kind="lists")
        self._nearest = Batches(self._nearest_for, kind="contested")

    async def bookable(
        self, property_id: UUID, caller: Caller, window: Window, paging: Paging
    ) -> tuple[Sequence[Listing], dict[UUID, Standing]]:
        listings = []
        standings = {}
        after = paging.after or FIRST
        for organization_id in caller.organizations:
            asked = _Listing(
                organization_id,
                property_id,
                window.since or SINCE_EVER,
                window.until or EVER,
                after.start_time,
                after.id,
                paging.limit + 1,
            )
            if found := await self._listed.ask((asked, applicant_id_in(caller, organization_id))):
                listing, standing = found
                listings.append(listing)
                if standing is not None:
                    standings[organization_id] = standing
        return listings, standings

    async def nearest(self, organization_id: UUID, slot_id: UUID, limit: int) -> _Nearest | None:
        """A slot, and those nearest to it."""
        return await self._nearest.ask(_Near(organization_id, slot_id, limit))

    async def _listed_for(self, asked: Sequence[_Asked]) -> Mapping[_Asked, _Found]:
        numbers = {listing: number for number, listing in enumerate(dict.fromkeys(one for one, _ in asked), 1)}
        viewers = [(numbers[listing], person) for listing, person in asked]
        rows = await self._database.rows(LISTED, *zip(*numbers, strict=True), *zip(*viewers, strict=True))
        found = by_number(rows)
        listings: dict[_Listing, Listing] = {}
        for number, (first, *_) in found.items():
            listing, _ = asked[number - 1]
            if listing not in listings:
                listings[listing] = _listing(listing, first)
        standings = standings_in(found)
        await self._looks.add_entries(standings, {number: first.awaited for number, (first, *_) in found.items()})
        return {
            one: (listings[one[0]], standings.get(number)) for number, one in enumerate(asked, 1) if number in found
        }

    async def _nearest_for(self, asked: Sequence[_Near]) -> Mapping[_Near, _Nearest]:
        nearest = {}
        for number, rows in by_number(await self._database.rows(NEAREST, *zip(*asked, strict=True))).items():
            near, found = asked[number - 1], list(map(numbered, rows))
            (it,) = (one for one in found if one.slot.id == near.id)
            nearest[near] = it, by_nearness([one for one in found if one is not it], it.slot)[: near.most]
        return nearest


def _listing(asked: _Listing, row: Row) -> Listing:
    rules, at, _, *columns = row[1 : 1 + len(_SHARED)]
    return Listing(
        organization_id=asked.organization_id,
        property_id=asked.property_id,
        policy=policy_of(rules),
        at=at,
        columns=columns,
    )
