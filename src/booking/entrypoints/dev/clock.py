"""The test clock of `booking dev`: the database's own, `booking_now()`, set ahead of the real one.

Deadlines, reminders and notice follow it. Tokens, leases and limits stay on real time.
"""

from datetime import UTC, datetime, timedelta

import asyncpg

END = datetime(3000, 1, 1, tzinfo=UTC)
"""Later no clock is set: not much later there are times that a driver cannot read."""


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
        await connection.execute(
            "CREATE OR REPLACE FUNCTION booking_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS "
            f"$$SELECT now() + interval '{(ahead + by).total_seconds():f} seconds'$$"
        )
        shown: datetime = await connection.fetchval("SELECT booking_now()")
    finally:
        await connection.close()
    return shown
