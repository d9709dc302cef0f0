"""Bookings in PostgreSQL: showing them. Every change of one is its slot's roster's matter."""

from collections.abc import Sequence
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.rows import (
    applicant_from,
    booking_from,
    keys_of,
    names_from,
    page_from,
    page_inputs,
    policy_of,
)
from booking.domain.applicant import Applicant
from booking.domain.booking import BookingStatus
from booking.domain.booking_context import BookingContext
from booking.domain.caller import Caller
from booking.domain.paging import Page, Paging, Window
from booking.domain.refusals import BookingNotFound

IN_VIEW = sql.query("bookings", "in_view", ("in_view", "id", "organization_ids", "applicant_ids", "agency", "agent_id"))
OF_AGENCY = sql.composed("bookings", "of_agency")
OF_APPLICANTS = sql.composed("bookings", "of_applicants")


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
        self,
        organization_id: UUID,
        *,
        agent_id: UUID | None,
        status: BookingStatus | None,
        window: Window,
        paging: Paging,
    ) -> Page[BookingContext]:
        rows = await self._database.fetch(
            *OF_AGENCY.given(
                organization_id=organization_id, agent_id=agent_id, status=status, **page_inputs(window, paging)
            )
        )
        return page_from(rows, paging, context_from)

    async def of_applicants(
        self, applicants: Sequence[Applicant], *, status: BookingStatus | None, window: Window, paging: Paging
    ) -> Page[BookingContext]:
        rows = await self._database.fetch(
            *OF_APPLICANTS.given(**keys_of(applicants), status=status, **page_inputs(window, paging))
        )
        return page_from(rows, paging, context_from)


def context_from(row: Row) -> BookingContext:
    return BookingContext(
        booking=booking_from(row).as_of(row.at),
        applicant=applicant_from(row),
        agent_id=row.agent_id,
        policy=policy_of(row.rules),
        names=names_from(row),
        at=row.at,
    )
