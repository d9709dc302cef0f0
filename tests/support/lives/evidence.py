"""Bookings and notices as they stand in a store, for the judge alone."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

import asyncpg

from tests.fakes import State
from tests.fakes.state import LONG_AGO


class SeenBooking(NamedTuple):
    id: UUID
    organization_id: UUID
    applicant_id: UUID
    slot_id: UUID
    status: str
    sequence: int
    start_time: datetime
    attendance_confirmed_at: datetime | None
    updated_at: datetime


class SeenNotice(NamedTuple):
    id: UUID
    organization_id: UUID
    kind: str
    recipient: str
    recipient_id: UUID
    channel: str
    cause: str
    booking_id: UUID | None
    sequence: int | None
    before_start: timedelta | None
    start_time: datetime | None
    happened_at: datetime
    actor_role: str
    due_at: datetime
    attempts: int
    state: str
    reason: str | None


class Evidence(Protocol):
    async def bookings(self, since: datetime) -> Sequence[SeenBooking]:
        """Return bookings that have changed since then."""

    async def notice(self, notice_id: UUID) -> SeenNotice | None: ...

    async def notices(self) -> Sequence[SeenNotice]: ...

    async def bury(self) -> Sequence[UUID]:
        """Let the leases of a sender that is gone end, and return the notices that it was sending."""


class MemoryEvidence:
    def __init__(self, state: State) -> None:
        self.state = state

    async def bookings(self, since: datetime) -> Sequence[SeenBooking]:
        return [
            SeenBooking(**{name: getattr(one, name) for name in SeenBooking._fields})
            for one in self.state.bookings.values()
            if one.updated_at >= since
        ]

    async def notice(self, notice_id: UUID) -> SeenNotice | None:
        return next((one for one in await self.notices() if one.id == notice_id), None)

    async def notices(self) -> Sequence[SeenNotice]:
        rows = self.state.notices.values()
        planned = [name for name in SeenNotice._fields if name not in ("due_at", "attempts", "state", "reason")]
        return [
            SeenNotice(
                **{name: getattr(row.notice, name) for name in planned},
                due_at=row.due_at,
                attempts=row.attempts,
                state=row.state,
                reason=row.reason,
            )
            for row in rows
        ]

    async def bury(self) -> Sequence[UUID]:
        dead = [row for row in self.state.notices.values() if row.state == "sending"]
        for row in dead:
            row.under_way_until = LONG_AGO
        return [row.notice.id for row in dead]


class PostgresEvidence:
    """`connection`: the owner's."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection, self.turn = connection, asyncio.Lock()

    async def bookings(self, since: datetime) -> Sequence[SeenBooking]:
        names = ", ".join(SeenBooking._fields)
        rows = await self._read(f"SELECT {names} FROM bookings WHERE updated_at >= $1", since)
        return [SeenBooking(**row) for row in rows]

    async def notice(self, notice_id: UUID) -> SeenNotice | None:
        names = ", ".join(SeenNotice._fields)
        rows = await self._read(f"SELECT {names} FROM notices WHERE id = $1", notice_id)
        return SeenNotice(**rows[0]) if rows else None

    async def notices(self) -> Sequence[SeenNotice]:
        return [SeenNotice(**row) for row in await self._read(f"SELECT {', '.join(SeenNotice._fields)} FROM notices")]

    async def bury(self) -> Sequence[UUID]:
        dead = "UPDATE notices SET under_way_until = '-infinity' WHERE state = 'sending' RETURNING id"
        return [row["id"] for row in await self._read(dead)]

    async def _read(self, statement: str, *arguments: object) -> Sequence[asyncpg.Record]:
        async with self.turn:
            return list(await self.connection.fetch(statement, *arguments))
