"""The database's errors in our words, and what may be tried again."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from booking.domain.errors import Unavailable
from booking.service.ports import Lost

ATTEMPTS = 3
PAUSE = 0.02  # seconds; before the second attempt, growing and jittered

MAY_SUCCEED_AGAIN = {
    "40001",  # serialization
    "40P01",  # deadlock
    "0A000",  # a plan that was kept from before a migration changed a type
}
ENDED = {"57P01", "57P02"}  # the session, by an administrator or a crash
UNIQUE_OR_EXCLUSION = {"23505", "23P01"}
UNAVAILABLE_CLASSES = {
    "08",  # connection
    "25",  # idle in transaction for too long
    "28",  # credentials
    "3D",  # no such database
    "53",  # resources
    "55",  # lock timeout
    "57",  # shutdown, statement timeout
}

T = TypeVar("T")


class Again(Exception):
    """Nothing was written, and it may be done again: a deadlock ended it, a migration, or a connection that had died
    before."""


async def persistently(attempt: Callable[[], Awaitable[T]]) -> T:
    """What `attempt` returns; done again, three times at most, where that may help. Unavailable where it did not."""
    for number in range(1, ATTEMPTS + 1):
        try:
            return await in_our_words(attempt)
        except Again:
            await asyncio.sleep(PAUSE * number * (0.5 + random.random()))  # noqa: S311 - jitter, not a secret
    raise Unavailable


async def in_our_words(work: Callable[[], Awaitable[T]]) -> T:
    """Tells errors apart by SQLSTATE alone; what is none of ours to handle stays a fault of the program."""
    try:
        return await work()
    except (PoolTimeout, OSError) as error:
        raise Unavailable from error
    except DBAPIError as error:
        state = _state_of(error)
        if error.connection_invalidated or state in MAY_SUCCEED_AGAIN:
            raise Again from error
        _refuse(state, error)
        raise
    except asyncpg.PostgresError as error:
        state = error.sqlstate or ""
        if gone(error) or state in MAY_SUCCEED_AGAIN:
            raise Again from error
        _refuse(state, error)
        raise
    except asyncpg.InterfaceError as error:
        raise Again from error  # the connection is gone, or was closed under us


def _state_of(error: DBAPIError) -> str:
    """SQLAlchemy's own word for a plan of before has none."""
    told = (error.orig, error.orig and error.orig.__cause__)
    return next((state for one in told if (state := getattr(one, "sqlstate", None))), "")


def gone(error: asyncpg.PostgresError) -> bool:
    """Whether the session ended, and not just a statement."""
    state = error.sqlstate or ""
    return state[:2] == "08" or state in ENDED


def _refuse(state: str, error: Exception) -> None:
    if state in UNIQUE_OR_EXCLUSION:
        raise Lost from error
    if state[:2] in UNAVAILABLE_CLASSES:
        raise Unavailable from error
