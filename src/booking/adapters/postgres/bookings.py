"""Bookings in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from booking.adapters.postgres.applicants import APPLICANT, applicant_from
from booking.adapters.postgres.database import Database
from booking.adapters.postgres.events import record
from booking.adapters.postgres.pages import page_from, page_of
from booking.adapters.postgres.slots import BOOKABLE, booking_from, slot_from
from booking.adapters.postgres.tables import applicants, booking_now, bookings, slots
from booking.domain import events
from booking.domain.applicant import Applicant
from booking.domain.booking import Booking, BookingStatus, BookingView
from booking.domain.caller import Caller
from booking.domain.errors import BookingNotFound, SlotNotFound
from booking.domain.events import Actor
from booking.domain.paging import Page, Paging, Window
from booking.domain.slot import Slot
from booking.service.ports import Lost

VIEW = (
    sa.select(*bookings.c, slots.c.agent_id, slots.c.property_id, slots.c.start_time, slots.c.end_time, *APPLICANT)
    .join(slots, sa.and_(slots.c.organization_id == bookings.c.organization_id, slots.c.id == bookings.c.slot_id))
    .join(
        applicants,
        sa.and_(applicants.c.organization_id == bookings.c.organization_id, applicants.c.id == bookings.c.applicant_id),
    )
)


class PostgresBookings:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def opening(self, slot_id: UUID, caller: Caller) -> tuple[Slot, Applicant, datetime]:
        mine = sa.and_(applicants.c.organization_id == slots.c.organization_id, applicants.c.user_id == caller.subject)
        rows = await self._database.fetch(
            sa.select(*slots.c, *APPLICANT, booking_now().label("at"))
            .join(applicants, mine)
            .where(slots.c.organization_id.in_(caller.organizations), slots.c.id == slot_id)
        )
        if not rows:
            raise SlotNotFound
        return slot_from(rows[0]), applicant_from(rows[0]), rows[0].at

    async def add(self, booking: Booking, by: Actor) -> None:
        """Slot, booking and event in one transaction (T2); eligibility is decided on the applicant's locked row."""

        async def work(transaction: AsyncConnection) -> None:
            claim = (
                sa.update(slots)
                .where(
                    slots.c.organization_id == booking.organization_id,
                    slots.c.id == booking.slot_id,
                    BOOKABLE,
                )
                .values(status="booked", updated_at=booking_now())
                .returning(slots.c.id)
            )
            if await transaction.scalar(claim) is None:
                raise Lost
            eligible = (
                sa.select(applicants.c.id)
                .where(
                    applicants.c.organization_id == booking.organization_id,
                    applicants.c.id == booking.applicant_id,
                    applicants.c.user_id == by.subject,
                    applicants.c.risk_level.in_(("LOW", "MEDIUM")),
                )
                .with_for_update(read=True)
            )
            if await transaction.scalar(eligible) is None:
                raise Lost
            await transaction.execute(
                sa.insert(bookings).values(
                    organization_id=booking.organization_id,
                    id=booking.id,
                    slot_id=booking.slot_id,
                    applicant_id=booking.applicant_id,
                    status="confirmed",
                    notes=booking.notes,
                    created_at=booking.created_at,
                    updated_at=booking.updated_at,
                )
            )
            await record(transaction, events.booking_confirmed(booking, by))

        await self._database.unit(work)

    async def get(self, booking_id: UUID, caller: Caller) -> tuple[BookingView, datetime]:
        in_view: list[sa.ColumnElement[bool]] = [_of(caller.applicants)]
        if (agent := caller.agent) is not None:
            own = [bookings.c.organization_id == agent.organization_id]
            in_view.append(sa.and_(*own) if agent.is_admin else sa.and_(*own, slots.c.agent_id == agent.id))
        rows = await self._database.fetch(
            VIEW.add_columns(booking_now().label("at")).where(
                bookings.c.organization_id.in_(caller.organizations), bookings.c.id == booking_id, sa.or_(*in_view)
            )
        )
        if not rows:
            raise BookingNotFound
        (row,) = rows
        return _view(row, caller.manages(row.organization_id, row.agent_id)), row.at

    async def cancel(self, booking: Booking, by: Actor) -> None:
        """Slot before booking: the one lock order. A slot that its agent cancelled stays cancelled (T3)."""

        async def work(transaction: AsyncConnection) -> None:
            release = (
                sa.update(slots)
                .where(
                    slots.c.organization_id == booking.organization_id,
                    slots.c.id == booking.slot_id,
                    slots.c.status == "booked",
                    slots.c.start_time > booking_now(),
                )
                .values(status="available", updated_at=booking_now())
                .returning(slots.c.id)
            )
            cancel = (
                sa.update(bookings)
                .where(
                    bookings.c.organization_id == booking.organization_id,
                    bookings.c.id == booking.id,
                    bookings.c.applicant_id == booking.applicant_id,
                    bookings.c.status == "confirmed",
                )
                .values(status=booking.status.value, updated_at=booking_now())
                .returning(bookings.c.id)
            )
            for guarded in (release, cancel):
                if await transaction.scalar(guarded) is None:
                    raise Lost
            await record(transaction, events.booking_cancelled(booking, by))

        await self._database.unit(work)

    async def of_agency(
        self,
        organization_id: UUID,
        *,
        agent_id: UUID | None,
        status: BookingStatus | None,
        window: Window,
        paging: Paging,
    ) -> Page[BookingView]:
        statement = VIEW.where(
            bookings.c.organization_id == organization_id, slots.c.organization_id == organization_id
        )
        if agent_id is not None:
            statement = statement.where(slots.c.agent_id == agent_id)
        return await self._page(statement, status, window, paging, with_applicant=True)

    async def of_applicants(
        self, applicants: Sequence[Applicant], *, status: BookingStatus | None, window: Window, paging: Paging
    ) -> Page[BookingView]:
        return await self._page(VIEW.where(_of(applicants)), status, window, paging, with_applicant=False)

    async def _page(
        self,
        statement: sa.Select[Any],
        status: BookingStatus | None,
        window: Window,
        paging: Paging,
        *,
        with_applicant: bool,
    ) -> Page[BookingView]:
        if status is not None:
            statement = statement.where(bookings.c.status == status.value)
        rows = await self._database.fetch(page_of(statement, bookings.c.id, window, paging))
        return page_from(rows, paging, lambda row: _view(row, with_applicant))


def _of(persons: Sequence[Applicant]) -> sa.ColumnElement[bool]:
    return sa.tuple_(bookings.c.organization_id, bookings.c.applicant_id).in_(
        [(person.organization_id, person.id) for person in persons]
    )


def _view(row: sa.Row[Any], with_applicant: bool) -> BookingView:
    return BookingView(booking=booking_from(row, row), applicant=applicant_from(row) if with_applicant else None)
