"""The test clock of `booking dev`: the database's own, `booking_now()`, set ahead of the real one.

Deadlines, reminders and notice follow it. Tokens, leases and limits stay on real time. On its way it stops where people
are to be told of something, so that nothing is late.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import asyncpg

END = datetime(3000, 1, 1, tzinfo=UTC)
"""Later no clock is set: not much later there are times that a driver cannot read."""

PATIENCE = 5.0  # seconds, for all that is told on the way
LOOK = 0.05  # seconds

TOLD = """
    SELECT NOT EXISTS (SELECT FROM events WHERE position IS NULL)
       AND NOT EXISTS (SELECT FROM subscriptions s CROSS JOIN positions p
                       WHERE s.kind = 'notices' AND s.disabled_at IS NULL AND s.position < p.last)
       AND NOT EXISTS (SELECT FROM notices WHERE state IN ('queued', 'sending') AND due_at <= booking_now())"""
"""Whether all are told of all that happened, and is due."""

NEXT = "SELECT min(due_at) FROM notices WHERE state = 'queued' AND due_at > booking_now() AND due_at < $1"


class ClockRefused(Exception):
    """The clock cannot be set to that instant; says why."""


async def set_clock(owner_url: str, *, to: datetime | None = None, by: timedelta = timedelta(0)) -> datetime:
    """Set the clock to an instant, from which it goes on, or ahead by some time; return its time.

    ClockRefused, and nothing is set, if it is past that instant, or that is too far ahead. One caller at a time.
    """
    connection = await asyncpg.connect(owner_url)
    try:
        now = await connection.fetchval("SELECT booking_now()")
        ahead = await connection.fetchval("SELECT booking_now() - now()")
        if to is not None:
            by = to - now
        if by < timedelta(0):
            raise ClockRefused("is past: the clock goes forward only, and a reset begins anew")
        if by >= END - now:
            raise ClockRefused(f"is too far ahead: the clock ends with the year {END.year - 1}")
        enough = time.monotonic() + PATIENCE
        while await _told(connection, enough) and (stop := await connection.fetchval(NEXT, now + by)):
            await _set(connection, ahead + stop - now)
        await _set(connection, ahead + by)
        shown: datetime = await connection.fetchval("SELECT booking_now()")
    finally:
        await connection.close()
    return shown


async def _set(connection: "asyncpg.Connection[asyncpg.Record]", ahead: timedelta) -> None:
    await connection.execute(
        "CREATE OR REPLACE FUNCTION booking_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS "
        f"$$SELECT now() + interval '{ahead.total_seconds():f} seconds'$$"
    )


async def _told(connection: "asyncpg.Connection[asyncpg.Record]", enough: float) -> bool:
    """Wait until all is told; False where that takes too long."""
    while not await connection.fetchval(TOLD):
        if time.monotonic() > enough:
            return False
        await asyncio.sleep(LOOK)
    return True
