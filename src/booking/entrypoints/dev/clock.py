"""The test clock of `booking dev`: the database's own, `booking_now()`, set ahead of the real one.

Deadlines, reminders and notice follow it. Tokens, leases and limits stay on real time.
"""

from datetime import datetime, timedelta

import asyncpg


class ClockGoesForward(Exception):
    """The clock is past that instant already."""


async def set_clock(owner_url: str, *, to: datetime | None = None, by: timedelta = timedelta(0)) -> datetime:
    """Set the clock to an instant, from which it goes on, or ahead by some time; return its time.

    ClockGoesForward, and nothing is set, if it is past that instant. One caller at a time.
    """
    connection = await asyncpg.connect(owner_url)
    try:
        now = await connection.fetchval("SELECT booking_now()")
        ahead = await connection.fetchval("SELECT booking_now() - now()")
        if to is not None:
            by = to - now
        if by < timedelta(0):
            raise ClockGoesForward
        await connection.execute(
            "CREATE OR REPLACE FUNCTION booking_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS "
            f"$$SELECT now() + interval '{(ahead + by).total_seconds():f} seconds'$$"
        )
        shown: datetime = await connection.fetchval("SELECT booking_now()")
    finally:
        await connection.close()
    return shown
