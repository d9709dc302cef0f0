"""Slots in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from booking.adapters.postgres.database import Database
from booking.adapters.postgres.events import record
from booking.adapters.postgres.pages import page_from, page_of
from booking.adapters.postgres.tables import agents, booking_now, bookings, slots
from booking.domain import events
from booking.domain.booking import Booking, BookingStatus
from booking.domain.caller import Caller
from booking.domain.errors import AgentNotFound, SlotNotFound
from booking.domain.events import Actor
from booking.domain.paging import Page, Paging, Window
from booking.domain.slot import Slot, SlotStatus
from booking.service.ports import Lost

BOOKABLE = sa.and_(
    slots.c.status == "available",
    slots.c.cancelled_at.is_(None),  # follows from the status; said again because the index says it
    slots.c.start_time > booking_now(),
)
"""What is listed as bookable and what the booking's guard accepts: one predicate for both (T12)."""


class PostgresSlots:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, slot_id: UUID, caller: Caller) -> tuple[Slot, datetime]:
        rows = await self._database.fetch(
            sa.select(slots, booking_now().label("at")).where(
                slots.c.organization_id.in_(caller.organizations), slots.c.id == slot_id
            )
        )
        if not rows:
            raise SlotNotFound
        return slot_from(rows[0]), rows[0].at

    async def add(self, slot: Slot, by: Actor) -> None:
        """Serialized per agent, then per property: bare inserts under exclusion constraints deadlock (T8)."""

        async def work(transaction: AsyncConnection) -> None:
            offering = sa.select(agents.c.id).where(
                agents.c.organization_id == slot.organization_id, agents.c.id == slot.agent_id
            )
            if await transaction.scalar(offering) is None:
                raise AgentNotFound
            await transaction.execute(_lock("agent", slot.organization_id, slot.agent_id))
            await transaction.execute(_lock("property", slot.organization_id, slot.property_id))
            row = {
                "organization_id": slot.organization_id,
                "id": slot.id,
                "property_id": slot.property_id,
                "agent_id": slot.agent_id,
                "start_time": slot.start_time,
                "end_time": slot.end_time,
                "status": "available",
                "created_at": slot.created_at,
                "updated_at": slot.updated_at,
            }
            values = sa.select(*(sa.literal(value, slots.c[name].type) for name, value in row.items()))
            offer = (
                insert(slots)
                .from_select(
                    list(row), values.where(sa.literal(slot.start_time, slots.c.start_time.type) > booking_now())
                )
                .on_conflict_do_nothing()
                .returning(slots.c.id)
            )
            if await transaction.scalar(offer) is None:
                raise Lost
            await record(transaction, events.slot_created(slot, by))

        await self._database.unit(work)

    async def cancel(self, slot: Slot, by: Actor) -> None:
        """The cascade finds the booking on the row that it has locked: one made meanwhile goes with it (T3)."""

        async def work(transaction: AsyncConnection) -> None:
            cancel_slot = (
                sa.update(slots)
                .where(
                    slots.c.organization_id == slot.organization_id,
                    slots.c.id == slot.id,
                    slots.c.status.in_(("available", "booked")),
                    slots.c.start_time > booking_now(),
                )
                .values(status="cancelled", cancelled_at=booking_now(), updated_at=booking_now())
                .returning(*slots.c)
            )
            row = (await transaction.execute(cancel_slot)).one_or_none()
            if row is None:
                raise Lost
            cancelled = slot_from(row)
            cascade = (
                sa.update(bookings)
                .where(
                    bookings.c.organization_id == slot.organization_id,
                    bookings.c.slot_id == slot.id,
                    bookings.c.status == "confirmed",
                )
                .values(status="cancelled_by_agent", updated_at=booking_now())
                .returning(*bookings.c)
            )
            gone = [booking_from(row, cancelled) for row in await transaction.execute(cascade)]
            was = SlotStatus.BOOKED if gone else SlotStatus.AVAILABLE
            await record(
                transaction,
                events.slot_cancelled(cancelled, was, by),
                *(events.booking_cancelled(booking, by) for booking in gone),
            )

        await self._database.unit(work)

    async def of_organization(
        self,
        organization_id: UUID,
        *,
        agent_id: UUID | None,
        status: SlotStatus | None,
        property_id: UUID | None,
        window: Window,
        paging: Paging,
    ) -> Page[Slot]:
        statement = sa.select(slots).where(slots.c.organization_id == organization_id)
        if agent_id is not None:
            statement = statement.where(slots.c.agent_id == agent_id)
        if status is not None:
            statement = statement.where(slots.c.status == status.value)
        if property_id is not None:
            statement = statement.where(slots.c.property_id == property_id)
        return await self._page(statement, window, paging)

    async def bookable(
        self, property_id: UUID, organizations: Sequence[UUID], *, window: Window, paging: Paging
    ) -> Page[Slot]:
        statement = sa.select(slots).where(
            slots.c.organization_id.in_(organizations), slots.c.property_id == property_id, BOOKABLE
        )
        return await self._page(statement, window, paging)

    async def _page(self, statement: sa.Select[Any], window: Window, paging: Paging) -> Page[Slot]:
        rows = await self._database.fetch(page_of(statement, slots.c.id, window, paging))
        return page_from(rows, paging, slot_from)


def slot_from(row: sa.Row[Any]) -> Slot:
    return Slot(
        id=row.id,
        organization_id=row.organization_id,
        property_id=row.property_id,
        agent_id=row.agent_id,
        start_time=row.start_time,
        end_time=row.end_time,
        status=SlotStatus(row.status),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def booking_from(row: sa.Row[Any], slot: Slot | sa.Row[Any]) -> Booking:
    return Booking(
        id=row.id,
        organization_id=row.organization_id,
        slot_id=row.slot_id,
        property_id=slot.property_id,
        applicant_id=row.applicant_id,
        status=BookingStatus(row.status),
        notes=row.notes,
        created_at=row.created_at,
        updated_at=row.updated_at,
        start_time=slot.start_time,
        end_time=slot.end_time,
    )


def _lock(kind: str, organization_id: UUID, id: UUID) -> sa.Select[Any]:
    return sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"{kind}:{organization_id}:{id}", 0)))
