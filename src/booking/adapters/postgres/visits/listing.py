"""Listing of bookable slots, and views of single slots, for many viewers in one statement.

A cached page is shown only if the statement finds its mark unchanged (page_cache.py).
"""

from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.batching import MOMENT, Batches
from booking.adapters.postgres.engine.codecs import EVER, SINCE_EVER, quick
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.people.rows import names_of
from booking.adapters.postgres.properties.rows import policy_of
from booking.adapters.postgres.visits.commitments import Looks
from booking.adapters.postgres.visits.page_cache import Mark, PageCache
from booking.adapters.postgres.visits.rows import availability_from
from booking.domain.keys import Key
from booking.domain.paging import Paging, Position, Window
from booking.domain.visits.availability import Availability
from booking.domain.visits.commitments import Commitments
from booking.domain.visits.slot_page import BookableSlot, SlotPage
from booking.metrics import catalogue, record

FIRST = Position(SINCE_EVER, quick(UUID(int=0)))


class Wanted(NamedTuple):
    """A page: of a property, of a time, after a position, and no more than so many."""

    organization_id: UUID
    property_id: UUID
    since: datetime
    until: datetime
    start: datetime
    id: UUID
    most: int


_PAGES = (*Wanted._fields, "viewer_listing", "viewer_applicant_id")
_SLOTS = ("slot_organization_id", "slot_id", "slot_applicant_id")
_AVAILABILITY = 3  # columns come before an availability's

LISTED = sql.query("listing", "listed", _PAGES)
MARKED = sql.query("listing", "marked", _PAGES)
SEEN = sql.query("listing", "seen", _SLOTS)
MARKED_OR_SEEN = sql.query("listing", "marked_or_seen", (*_PAGES, *_SLOTS))

_Asked: TypeAlias = tuple[Wanted | Key, UUID | None]
_ByPage: TypeAlias = tuple[Wanted, UUID | None]
_Page: TypeAlias = tuple[SlotPage, Commitments | None]


def wanted_at(organization_id: UUID, property_id: UUID, window: Window, paging: Paging) -> Wanted:
    after = paging.after or FIRST
    return Wanted(
        organization_id,
        quick(property_id),
        window.since or SINCE_EVER,
        window.until or EVER,
        after.start_time,
        quick(after.id),
        paging.limit + 1,
    )


class Views:
    """Reader of pages and slots, with the viewer's commitments."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks
        self._kept: PageCache[Wanted] = PageCache()
        self._views: Batches[_Asked, Any] = Batches(self._of, kind="views")
        self._listed = Batches(self._listed_for, kind="lists", moment=MOMENT)

    async def page(self, wanted: Wanted, person: UUID | None) -> _Page | None:
        if wanted in self._kept:
            found: _Page | None = await self._views.ask((wanted, person))
            if found is not None:
                record.count(catalogue.cache, "pages", "hit")
                return found
        record.count(catalogue.cache, "pages", "miss")
        return await self._listed.ask((wanted, person))

    def slot(self, key: Key, person: UUID | None) -> Awaitable[tuple[Availability, Commitments | None] | None]:
        return self._views.ask((key, person))

    async def _of(self, asked: Sequence[_Asked]) -> Mapping[_Asked, Any]:
        at_pages: list[Any] = [one for one in asked if isinstance(one[0], Wanted)]
        at_slots = [one for one in asked if not isinstance(one[0], Wanted)] if len(at_pages) < len(asked) else []
        statement = MARKED_OR_SEEN if at_pages and at_slots else MARKED if at_pages else SEEN
        inputs = (*_inputs_of(at_pages), *zip(*((*key, person) for key, person in at_slots), strict=True))
        found: dict[_Asked, Any] = {}
        for number, (row, commitments) in (await self._looks.at(statement, inputs)).items():
            if number < 0:
                found[at_slots[-1 - number]] = availability_from(row, _AVAILABILITY), commitments
            elif listing := self._as_kept((one := at_pages[number - 1])[0], row):
                found[one] = listing, commitments
        return found

    async def _listed_for(self, asked: Sequence[_ByPage]) -> Mapping[_ByPage, _Page]:
        found = await self._looks.at(LISTED, _inputs_of(asked))
        rows = {asked[number - 1][0]: row for number, (row, _) in found.items()}
        listings = {wanted: self._as_listed(wanted, row) for wanted, row in rows.items()}
        return {
            (one := asked[number - 1]): (listings[one[0]], commitments) for number, (_, commitments) in found.items()
        }

    def _as_kept(self, wanted: Wanted, row: Row) -> SlotPage | None:
        """Return the page that is kept if it is still that, by its mark."""
        page = self._kept.get(wanted, Mark(row.mark, row.people), row.at)
        return None if page is None else _listing(wanted, row, page.columns, page.version)

    def _as_listed(self, wanted: Wanted, row: Row) -> SlotPage:
        columns = [row[name] for name in BookableSlot._fields]
        if row.mark is not None:
            self._kept.put(wanted, Mark(row.mark, row.people), row.at, columns)
        return _listing(wanted, row, columns, awaited=row.awaited or ())


def _listing(
    wanted: Wanted,
    row: Row,
    columns: Sequence[Sequence[Any]],
    version: object = None,
    awaited: Sequence[UUID] = (),
) -> SlotPage:
    return SlotPage(
        organization_id=wanted.organization_id,
        property_id=wanted.property_id,
        policy=policy_of(row.rules),
        names=names_of(row.label, row.area, row.time_zone, None),
        at=row.at,
        columns=columns,
        awaited=awaited,
        version=version,
    )


def _inputs_of(asked: Sequence[_ByPage]) -> Sequence[Sequence[object]]:
    """Return each page once, and who looks at which."""
    numbers = {wanted: number for number, wanted in enumerate(dict.fromkeys(wanted for wanted, _ in asked), 1)}
    viewers = ((numbers[wanted], person) for wanted, person in asked)
    return (*zip(*numbers, strict=True), *zip(*viewers, strict=True))
