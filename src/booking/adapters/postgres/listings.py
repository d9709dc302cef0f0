"""Listings: what can be booked at properties, as it is, or as it was kept and still is."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from booking.adapters.postgres.engine.codecs import EVER, SINCE_EVER, quick
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.listed import Wanted
from booking.adapters.postgres.page_cache import PageCache
from booking.adapters.postgres.policies import policy_of
from booking.domain.paging import Paging, Position, Window
from booking.domain.slot_page import BookableSlot, SlotPage

FIRST = Position(SINCE_EVER, quick(UUID(int=0)))


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


class Listings:
    """Of rows as `listed.py` has them."""

    def __init__(self) -> None:
        self._kept: PageCache[Wanted] = PageCache()

    def keeps(self, wanted: Wanted) -> bool:
        return wanted in self._kept

    def as_kept(self, wanted: Wanted, row: Row) -> SlotPage | None:
        """If it is still that, by its mark."""
        page = self._kept.get(wanted, row.mark, row.at)
        return None if page is None else _listing(wanted, row, page.columns, page.version)

    def as_listed(self, wanted: Wanted, row: Row) -> SlotPage:
        columns = [row[name] for name in BookableSlot._fields]
        if row.mark is not None:
            self._kept.put(wanted, row.mark, row.at, columns)
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
        at=row.at,
        columns=columns,
        awaited=awaited,
        version=version,
    )
