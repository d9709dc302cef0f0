"""Bookings in PostgreSQL: showing them. Every change of one is its slot's roster's matter."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres.claims import CLAIM, booking_from, with_slot
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.pages import page_from, page_of
from booking.adapters.postgres.people import APPLICANT, applicant_from
from booking.adapters.postgres.policies import RULES, policy_from, ruled
from booking.adapters.postgres.tables import applicants, booking_now, bookings, keyed, slots
from booking.domain.applicant import Applicant
from booking.domain.booking import UNMADE, BookingStatus
from booking.domain.booking_context import BookingContext
from booking.domain.caller import Caller
from booking.domain.paging import Page, Paging, Window
from booking.domain.refusals import BookingNotFound

SIGHTS = sa.select(*CLAIM, *APPLICANT, RULES, booking_now().label("at")).select_from(
    ruled(with_slot).join(applicants, keyed(applicants, bookings, "applicant_id"))
)

MADE = bookings.c.status.not_in([status.value for status in sorted(UNMADE)])

by_the_clock = sa.case(
    (sa.and_(bookings.c.status == "pending_approval", bookings.c.deadline <= booking_now()), "expired"),
    else_=bookings.c.status,
)


class PostgresBookings:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, booking_id: UUID, caller: Caller) -> BookingContext:
        in_view: list[sa.ColumnElement[bool]] = [_of(caller.applicants)]
        if (agent := caller.agent) is not None:
            own = [bookings.c.organization_id == agent.organization_id]
            in_view.append(sa.and_(*own) if agent.is_admin else sa.and_(*own, slots.c.agent_id == agent.id))
        rows = await self._database.fetch(
            SIGHTS.where(
                bookings.c.organization_id.in_(caller.organizations), bookings.c.id == booking_id, sa.or_(*in_view)
            )
        )
        if not rows:
            raise BookingNotFound
        return _sight(rows[0])

    async def of_agency(
        self,
        organization_id: UUID,
        *,
        agent_id: UUID | None,
        status: BookingStatus | None,
        window: Window,
        paging: Paging,
    ) -> Page[BookingContext]:
        statement = SIGHTS.where(
            bookings.c.organization_id == organization_id, slots.c.organization_id == organization_id
        )
        if agent_id is not None:
            statement = statement.where(slots.c.agent_id == agent_id)
        return await self._page(statement, status, window, paging)

    async def of_applicants(
        self, applicants: Sequence[Applicant], *, status: BookingStatus | None, window: Window, paging: Paging
    ) -> Page[BookingContext]:
        return await self._page(SIGHTS.where(_of(applicants)), status, window, paging)

    async def _page(
        self, statement: sa.Select[Any], status: BookingStatus | None, window: Window, paging: Paging
    ) -> Page[BookingContext]:
        statement = statement.where(MADE)
        if status is not None:
            statement = statement.where(by_the_clock == status.value)
        rows = await self._database.fetch(page_of(statement, bookings.c.id, window, paging))
        return page_from(rows, paging, _sight)


def _of(persons: Sequence[Applicant]) -> sa.ColumnElement[bool]:
    return sa.tuple_(bookings.c.organization_id, bookings.c.applicant_id).in_(
        [(person.organization_id, person.id) for person in persons]
    )


def _sight(row: Row) -> BookingContext:
    return BookingContext(
        booking=booking_from(row).as_of(row.at),
        applicant=applicant_from(row),
        agent_id=row.agent_id,
        policy=policy_from(row),
        at=row.at,
    )
