"""Waiting for a statement to wait for a lock."""

import asyncio

from tests.support.worlds import as_owner

WAITING = """SELECT count(*) AS waiting FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ~* $1"""


async def waits(owner_url: str, query: str, unless: "asyncio.Task[object]") -> bool:
    """Whether a statement comes to wait for a lock, before the task is done."""
    while not unless.done():
        if (await as_owner(owner_url, WAITING, query))[0]["waiting"]:
            return True
    return False
