"""Open slots of properties in PostgreSQL, page by page and day by day."""

from collections.abc import Collection, Sequence

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.rows import page_from, page_inputs
from booking.adapters.postgres.visits.rows import availability_from
from booking.domain.days import DayAtPlace, DayCounts
from booking.domain.keys import Key
from booking.domain.paging import Page, Paging, Window
from booking.domain.visits.availability import Availability, Occupancy
from booking.service.visits.availability import USUAL_TIME

PAGE = sql.composed("availability", "page")
DAYS = sql.query("availability", "days", ("organization_id", "property_id", "since", "until"))


class PostgresOpenings:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, places: Sequence[Key], kinds: Collection[Occupancy], window: Window, paging: Paging
    ) -> Page[Availability]:
        rows = await self._database.fetch(
            *PAGE.given(
                organization_ids=[organization_id for organization_id, _ in places],
                property_ids=[property_id for _, property_id in places],
                full=Occupancy.FULL in kinds or None,
                held=Occupancy.HELD in kinds or None,
                usual_time=USUAL_TIME,
                **page_inputs(window, paging),
            )
        )
        return page_from(rows, paging, availability_from)

    async def count(self, days: Sequence[DayAtPlace]) -> Sequence[DayCounts]:
        asked = [(one.organization_id, one.property_id, one.day.since, one.day.until) for one in days]
        rows = await self._database.fetch(DAYS, *zip(*asked, strict=True)) if asked else ()
        return [
            DayCounts(
                place=days[row.number - 1],
                free=row.free_slots,
                full=row.full_slots,
                held=row.held_slots,
                first_free=row.first_free,
                last_free=row.last_free,
            )
            for row in rows
        ]
