"""Bookings in PostgreSQL: showing them. Every change of one is its slot's roster's matter."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.engine.sql_files import Composed
from booking.adapters.postgres.people.rows import applicant_from, keys_of, names_from
from booking.adapters.postgres.properties.rows import policy_of
from booking.adapters.postgres.rows import page_from, start_and_id, stretch_inputs
from booking.adapters.postgres.visits.rows import booking_from
from booking.domain.choices import MOST_COUNTED, MOST_FILTERED, BookingChoice, BookingOrder
from booking.domain.paging import Page, Paging, Position, Total, Window
from booking.domain.people.applicant import Applicant
from booking.domain.people.caller import Caller
from booking.domain.refusals import ListTooBroad
from booking.domain.values import replace
from booking.domain.visits.booking_context import BookingContext
from booking.domain.visits.refusals import BookingNotFound

IN_VIEW = sql.query("bookings", "in_view", ("in_view", "id", "organization_ids", "applicant_ids", "agency", "agent_id"))
OF_AGENCY = sql.composed("bookings", "of_agency")
OF_APPLICANTS = sql.composed("bookings", "of_applicants")
COUNT_OF_AGENCY = sql.composed("bookings", "count_of_agency")
COUNT_OF_APPLICANTS = sql.composed("bookings", "count_of_applicants")


class PostgresBookings:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, booking_id: UUID, caller: Caller) -> BookingContext:
        agent = caller.agent
        rows = await self._database.fetch(
            IN_VIEW,
            caller.organizations,
            booking_id,
            *keys_of(caller.applicants).values(),
            agent.organization_id if agent else None,
            agent.id if agent and not agent.is_admin else None,
        )
        if not rows:
            raise BookingNotFound
        return context_from(rows[0])

    async def of_agency(
        self, organization_id: UUID, chosen: BookingChoice, *, window: Window, paging: Paging
    ) -> Page[BookingContext]:
        drives = _driving(chosen)
        inputs = {"organization_id": organization_id, **{f"by_{name}": name == drives or None for name in _DRIVING}}
        return await self._page(OF_AGENCY, COUNT_OF_AGENCY, inputs, chosen, drives, window, paging)

    async def of_applicants(
        self, applicants: Sequence[Applicant], chosen: BookingChoice, *, window: Window, paging: Paging
    ) -> Page[BookingContext]:
        return await self._page(OF_APPLICANTS, COUNT_OF_APPLICANTS, keys_of(applicants), chosen, None, window, paging)

    async def _page(
        self,
        page: Composed,
        count: Composed,
        whose: Mapping[str, object],
        chosen: BookingChoice,
        drives: str | None,
        window: Window,
        paging: Paging,
    ) -> Page[BookingContext]:
        """Read a page, and look how much there is to read only where that page is not full."""
        inputs = {**whose, **_choice_inputs(chosen), **_stretch(chosen, window, paging)}
        filtered = _filtered(chosen, drives)
        newest = chosen.order is BookingOrder.NEWEST
        if newest:
            await self._require_narrow(count, inputs)
        most = paging.limit + 1
        found = page.given(
            **inputs, newest=newest or None, most=most, most_read=MOST_FILTERED if filtered or newest else most
        )
        rows = await self._database.fetch(*found)
        if filtered and not newest and len(rows) < most:
            await self._require_narrow(count, inputs)
        shown = page_from(rows, paging, context_from, _created if newest else start_and_id)
        if not chosen.with_total:
            return shown
        return replace(shown, total=await self._total(count, whose, chosen, window))

    async def _require_narrow(self, count: Composed, inputs: Mapping[str, object]) -> None:
        (row,) = await self._database.fetch(*count.given(**inputs, most_read=MOST_FILTERED + 1))
        if row.read > MOST_FILTERED:
            raise ListTooBroad

    async def _total(
        self, count: Composed, whose: Mapping[str, object], chosen: BookingChoice, window: Window
    ) -> Total:
        whole = Paging(after=None, limit=MOST_COUNTED)
        inputs = {**whose, **_choice_inputs(chosen), **_stretch(chosen, window, whole)}
        (row,) = await self._database.fetch(*count.given(**inputs, most_read=MOST_COUNTED + 1))
        return Total(count=min(row.chosen, MOST_COUNTED), exact=row.read <= MOST_COUNTED)


_DRIVING = ("slot", "property", "applicant", "agent")
"""Choices that an index finds, the narrowest first."""


def _driving(chosen: BookingChoice) -> str | None:
    return next((name for name in _DRIVING if getattr(chosen, f"{name}_id") is not None), None)


def _filtered(chosen: BookingChoice, drives: str | None) -> bool:
    """Whether rows are read that are not shown."""
    ids = [name for name in _DRIVING if getattr(chosen, f"{name}_id") is not None and name != drives]
    return bool(ids or chosen.statuses) or chosen.outcome is not None or chosen.needs_review is not None


def _choice_inputs(chosen: BookingChoice) -> dict[str, object]:
    return {
        **{f"{name}_id": getattr(chosen, f"{name}_id") for name in _DRIVING},
        "statuses": [status.value for status in chosen.statuses] or None,
        "outcome": chosen.outcome and chosen.outcome.value,
        "in_review": chosen.needs_review or None,
        "not_in_review": True if chosen.needs_review is False else None,
    }


def _stretch(chosen: BookingChoice, window: Window, paging: Paging) -> dict[str, object]:
    newest = chosen.order is BookingOrder.NEWEST
    latest = chosen.order is BookingOrder.LATEST
    return {
        **stretch_inputs(window, paging, latest=latest, newest=newest),
        "older": (newest and paging.after is not None) or None,
    }


def _created(row: Row) -> Position:
    return Position(row.created_at, row.id)


def context_from(row: Row) -> BookingContext:
    return BookingContext(
        booking=booking_from(row).as_of(row.at),
        applicant=applicant_from(row),
        agent_id=row.agent_id,
        policy=policy_of(row.rules),
        names=names_from(row),
        place_free=row.place_free,
        at=row.at,
    )
