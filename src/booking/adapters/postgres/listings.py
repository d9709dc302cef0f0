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
from booking.adapters.postgres.openings import OPENINGS, PUBLIC, UNRULED, counted, numbered
from booking.adapters.postgres.policies import RULES, ruled
from booking.adapters.postgres.prepared import Prepared, asked
from booking.adapters.postgres.standings import by_number
from booking.adapters.postgres.tables import Instant, slots
from booking.domain.caller import Caller
from booking.domain.opening import Opening, by_nearness
from booking.domain.paging import Page, Paging, Position, Window
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
_near = asked(organization_id=sa.Uuid(), id=sa.Uuid(), most=sa.Integer())
_it = slots.alias("it")


def _of(those: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(
        slots.c.organization_id == those.c.organization_id, slots.c.property_id == those.c.property_id, PUBLIC
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
_others = OPENINGS.where(_of(_it), slots.c.id != _it.c.id)
_nearest = sa.union_all(
    OPENINGS.where(slots.c.organization_id == _it.c.organization_id, slots.c.id == _it.c.id),
    _others.where(slots.c.start_time < _it.c.start_time).order_by(slots.c.start_time.desc()).limit(_near.c.most),
    _others.where(slots.c.start_time >= _it.c.start_time).order_by(slots.c.start_time).limit(_near.c.most),
).lateral("nearest")

LISTED = Prepared(
    sa.select(_listings.c.number, *_listed.c, RULES)
    .select_from(ruled(_listings, _listings).join(_listed, sa.true()))
    .order_by(_listings.c.number, _listed.c.start_time, _listed.c.id),
    _Listing._fields,
)
NEAREST = Prepared(
    sa.select(_near.c.number, *_nearest.c).select_from(
        _near.join(_it, sa.and_(_it.c.organization_id == _near.c.organization_id, _it.c.id == _near.c.id)).join(
            _nearest, sa.true()
        )
    ),
    _Near._fields,
)
"""A slot, and on both sides of it the bookable ones of its property that start nearest to it, each by the index."""

Q = TypeVar("Q", _Listing, _Near)

_Asked: TypeAlias = tuple[_Listing, UUID | None]
_Nearest: TypeAlias = tuple[Opening, Sequence[Opening]]


class Listings:
    def __init__(self, database: Database, looks: Looks) -> None:
        self._database = database
        self._looks = looks
        self._listed = Batches(self._listed_for, kind="lists")
        self._nearest = Batches(self._nearest_for, kind="contested")

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

    async def nearest(self, organization_id: UUID, slot_id: UUID, limit: int) -> _Nearest | None:
        """A slot, and those nearest to it."""
        return await self._nearest.ask(_Near(organization_id, slot_id, limit))

    async def _listed_for(self, asked: Sequence[_Asked]) -> Mapping[_Asked, Seen]:
        found = await self._answered(LISTED, list(dict.fromkeys(listing for listing, _ in asked)))
        return await self._looks.seen(asked, found)

    async def _nearest_for(self, asked: Sequence[_Near]) -> Mapping[_Near, _Nearest]:
        nearest = {}
        for near, found in (await self._answered(NEAREST, asked)).items():
            (it,) = (one for one in found if one.slot.id == near.id)
            nearest[near] = it, by_nearness([one for one in found if one is not it], it.slot)[: near.most]
        return nearest

    async def _answered(self, statement: Prepared, asked: Sequence[Q]) -> Mapping[Q, list[Opening]]:
        found = by_number(await self._database.rows(statement, *zip(*asked, strict=True)))
        return {asked[number - 1]: list(map(numbered, rows)) for number, rows in found.items()}
