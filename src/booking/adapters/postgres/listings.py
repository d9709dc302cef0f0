"""Listings: what can be booked at properties, as it is, or as it was kept and still is."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from booking.adapters.postgres.batches import MOMENT, Batches
from booking.adapters.postgres.database import Database
from booking.adapters.postgres.instants import EVER, SINCE_EVER
from booking.adapters.postgres.kept import Kept
from booking.adapters.postgres.lines import Row
from booking.adapters.postgres.listed import LISTED, MARKED, Wanted
from booking.adapters.postgres.looks import Looks, applicant_id_in, standings_in
from booking.adapters.postgres.policies import policy_of
from booking.adapters.postgres.prepared import Prepared
from booking.adapters.postgres.standings import by_number
from booking.adapters.postgres.uuids import quick
from booking.domain.caller import Caller
from booking.domain.listing import Listed, Listing
from booking.domain.paging import Paging, Position, Window
from booking.domain.standing import Standing

FIRST = Position(SINCE_EVER, quick(UUID(int=0)))

_Asked: TypeAlias = tuple[Wanted, UUID | None]
_Found: TypeAlias = tuple[Listing, Standing | None]


class Listings:
    def __init__(self, database: Database, looks: Looks) -> None:
        self._database = database
        self._looks = looks
        self._kept: Kept[Wanted] = Kept()
        self._marked = Batches(self._marked_for, kind="marks", moment=MOMENT)
        self._listed = Batches(self._listed_for, kind="lists", moment=MOMENT)

    async def bookable(
        self, property_id: UUID, caller: Caller, window: Window, paging: Paging
    ) -> tuple[Sequence[Listing], dict[UUID, Standing]]:
        listings, standings = [], {}
        property_id = quick(property_id)
        after = paging.after or FIRST
        for organization_id in caller.organizations:
            asked = Wanted(
                organization_id,
                property_id,
                window.since or SINCE_EVER,
                window.until or EVER,
                after.start_time,
                quick(after.id),
                paging.limit + 1,
            )
            if found := await self._ask((asked, applicant_id_in(caller, organization_id))):
                listing, standing = found
                listings.append(listing)
                if standing is not None:
                    standings[organization_id] = standing
        return listings, standings

    async def _ask(self, asked: _Asked) -> _Found | None:
        if asked[0] in self._kept and (found := await self._marked.ask(asked)):
            return found
        return await self._listed.ask(asked)

    async def _marked_for(self, asked: Sequence[_Asked]) -> Mapping[_Asked, _Found]:
        """Those that are as they were kept."""

        def as_kept(key: Wanted, row: Row) -> Listing | None:
            page = self._kept.get(key, row.mark, row.at)
            return None if page is None else _listing(key, row, page.columns, page.memo)

        return await self._found(MARKED, asked, as_kept)

    async def _listed_for(self, asked: Sequence[_Asked]) -> Mapping[_Asked, _Found]:
        def as_listed(key: Wanted, row: Row) -> Listing:
            columns = [row[name] for name in Listed._fields]
            if row.mark is not None:
                self._kept.put(key, row.mark, row.at, columns)
            return _listing(key, row, columns)

        return await self._found(LISTED, asked, as_listed)

    async def _found(
        self, statement: Prepared, asked: Sequence[_Asked], read: Callable[[Wanted, Row], Listing | None]
    ) -> Mapping[_Asked, _Found]:
        numbers = {listing: number for number, listing in enumerate(dict.fromkeys(one for one, _ in asked), 1)}
        viewers = [(numbers[listing], person) for listing, person in asked]
        rows = await self._database.rows(statement, *zip(*numbers, strict=True), *zip(*viewers, strict=True))
        found = by_number(rows)
        firsts = {asked[number - 1][0]: first for number, (first, *_) in found.items()}
        listings = {key: read(key, first) for key, first in firsts.items()}
        standings = standings_in(found)
        await self._looks.add_entries(standings, {number: first.awaited for number, (first, *_) in found.items()})
        return {
            one: (listing, standings.get(number))
            for number, one in enumerate(asked, 1)
            if (listing := listings.get(one[0])) is not None
        }


def _listing(asked: Wanted, row: Row, columns: Sequence[Sequence[Any]], memo: dict[Any, Any] | None = None) -> Listing:
    return Listing(
        organization_id=asked.organization_id,
        property_id=asked.property_id,
        policy=policy_of(row.rules),
        at=row.at,
        columns=columns,
        memo=memo,
    )
