"""Errors of the database: their causes, and the statements that may be repeated."""

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from traceback import walk_tb
from types import FrameType
from typing import TypeVar

import asyncpg

from booking.adapters.postgres.engine.causes import Cause, Outage, cause_of, state_of
from booking.domain.refusals import Refusal, Unavailable
from booking.faults import Explained
from booking.metrics import catalogue
from booking.service.ports import Lost

ATTEMPTS = 3
PAUSE = 0.02  # seconds; before the second attempt, growing and jittered

LOCKED = "55P03"
WAITS = 5  # for one lock, each as long as the lock_timeout: many may be before us in a crowd, and each takes a moment

MAY_SUCCEED_AGAIN = {"40001", "40P01"}  # serialization, deadlock
ENDED = {
    "57P01",  # the session, by an administrator,
    "57P02",  # a crash,
    "57P04",  # the end of its database,
    "57P05",  # or because it was idle,
    "25P03",  # in a transaction, too,
    "25P04",  # or because that took too long
    "26000",  # or all that it had prepared is gone
    "42P05",  # or was never its own
}
FAULTS = {"40001": "serialization", "40P01": "deadlock", "57014": "statement_timeout"}
"""As metrics count them."""
UNIQUE_OR_EXCLUSION = {"23505", "23P01"}
UNAVAILABLE_CLASSES = {
    "08",  # connection
    "25",  # idle in transaction for too long
    "28",  # credentials
    "3D",  # no such database
    "53",  # resources
    "57",  # shutdown, statement timeout
    "58",  # the server's disks
}

OF_THE_DRIVER = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

ENGINE = Path(__file__).parent
CARRIERS = {"claim_queue", "versions"}  # modules beside the engine that know no table

T = TypeVar("T")


class Again(Exception):
    """Nothing was written, and it may be done again: a deadlock ended it, a migration, or a session that had ended."""

    def __init__(self, cause: Cause | None = None) -> None:
        super().__init__()
        self.cause = cause


class _Locked(Again):
    """Somebody else has what is to be locked."""


class StatementRefused(Explained):
    """The database refuses a statement of ours: a fault of the program, of the schema or of privileges, that no retry
    mends."""

    def __init__(self, statement: str, sqlstate: str | None) -> None:
        super().__init__(f"the database refuses the statement {statement} (SQLSTATE {sqlstate})")
        self.statement = statement
        self.sqlstate = sqlstate


async def persistently(attempt: Callable[[], Awaitable[T]], outage: Outage | None = None) -> T:
    """Return the result of `attempt`, after at most three attempts if a repetition may help; or Unavailable."""
    cause: Cause | None = None
    try:
        for number in range(1, ATTEMPTS + 1):
            try:
                return await in_our_words(attempt)
            except Again as again:
                cause = again.cause
                catalogue.retries.add()
                await asyncio.sleep(PAUSE * number * (0.5 + random.random()))  # noqa: S311 - jitter, not a secret
        raise Unavailable(cause=cause)
    except Unavailable as error:
        if outage is not None:
            outage.tell(error)
        raise


async def in_our_words(work: Callable[[], Awaitable[T]]) -> T:
    """Translate errors by SQLSTATE alone. An unknown error stays a fault of the program.

    A wait for a lock in vain is repeated, some times: a crowd that moves is no outage.
    """
    for _ in range(WAITS - 1):
        with suppress(_Locked):
            return await _once(work)
        catalogue.retries.add()
    try:
        return await _once(work)
    except _Locked as locked:
        raise Unavailable(cause=locked.cause) from locked


async def _once(work: Callable[[], Awaitable[T]]) -> T:
    try:
        return await work()
    except OF_THE_DRIVER as error:
        raise _counted(error) from error
    except asyncio.CancelledError as error:
        if cancelled():
            raise
        raise Again(cause_of(ConnectionError())) from error  # only what it waited for, by the end of the session


def raise_as_end(error: BaseException) -> None:
    """Raise Again for an error on a session that has ended: the driver has many words for it, and some are not errors
    of its own."""
    if isinstance(error, Exception) and not isinstance(error, (*OF_THE_DRIVER, Refusal, Again)):
        raise Again(cause_of(ConnectionError())) from error


def cancelled() -> bool:
    """Whether this task is, and not just something that it waited for."""
    this = asyncio.current_task()
    return this is not None and this.cancelling() > 0


def ended(error: BaseException) -> bool:
    """Whether the session ended, and not just a statement."""
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        return state[:2] == "08" or state in ENDED
    if isinstance(error, ValueError):  # an input that the driver cannot send, of a class that sounds otherwise
        return False
    return isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError | OSError)


def _counted(error: Exception) -> Exception:
    found, state = _translated(error), state_of(error) or ""
    match found:
        case _Locked():
            catalogue.faults.add(1, "lock_timeout")
        case Again():
            kept = "plan_outdated" if kept_from_before(error) else "session_ended"
            catalogue.faults.add(1, FAULTS.get(state, kept))
        case Unavailable():
            catalogue.faults.add(1, FAULTS.get(state, "unavailable"))
    return found


def _translated(error: Exception) -> Exception:
    state = state_of(error) or ""
    if state in UNIQUE_OR_EXCLUSION:
        return Lost()
    if state == LOCKED:
        return _Locked(cause_of(error))
    if state in MAY_SUCCEED_AGAIN or kept_from_before(error):
        return Again(cause_of(error))
    silent = isinstance(error, OSError) and not isinstance(error, ConnectionError)
    if not silent and ended(error):
        return Again(cause_of(error))
    if silent or state[:2] in UNAVAILABLE_CLASSES:
        return Unavailable(cause=cause_of(error))
    return StatementRefused(_statement(error), state or None)


def kept_from_before(error: BaseException) -> bool:
    """Whether a plan was, with types that a migration has changed since."""
    return isinstance(error, asyncpg.InvalidCachedStatementError)


def _statement(error: BaseException) -> str:
    """Name the statement by the module and function that asked it: the nearest to the driver that is no carrier."""
    inner = [frame for frame, _ in walk_tb(error.__traceback__)]
    for frame in [*reversed(inner), *_outer(sys._getframe())]:
        file = Path(frame.f_code.co_filename)
        if ENGINE.parent in file.parents and ENGINE not in file.parents and file.stem not in CARRIERS:
            module = ".".join(file.relative_to(ENGINE.parent).with_suffix("").parts)
            return f"{module}.{frame.f_code.co_qualname.partition('.<locals>')[0]}"
    return "unknown"


def _outer(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back
