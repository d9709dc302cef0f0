"""The database: a pool, units of work that hold together or not at all, and its errors in our words."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import asyncpg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from booking.adapters.postgres.door import STANDSTILL, Door
from booking.adapters.postgres.tables import booking_now
from booking.domain.errors import OutcomeUnknown, Unavailable
from booking.service.ports import Lost

CONNECT = 2.0  # seconds
ANSWER = 5.0  # seconds; beyond the server's own statement_timeout, so it only ends waits on a dead network
ATTEMPTS = 3
PAUSE = 0.02  # seconds; before the second attempt, growing and jittered

DEADLOCK_OR_SERIALIZATION = {"40001", "40P01"}
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


class _Again(Exception):
    """Nothing was written, and it may be done again: a deadlock ended it, or a connection that had died before."""


@dataclass(slots=True)
class _Joint:
    """A transaction that several units and reads take part in; `again`: it broke, and may be done again as a whole."""

    connection: AsyncConnection
    again: bool = False


_joint: ContextVar[_Joint | None] = ContextVar("joint", default=None)


def alone() -> bool:
    """Whether what is done now is no part of a joint transaction, of which nobody else may know yet."""
    return _joint.get() is None


class Database:
    """One pool to one database. Close it when done."""

    def __init__(self, url: str, *, pool_size: int = 10, answer: float | None = None) -> None:
        """`answer`: seconds after which a statement's network counts as dead, ANSWER unless told."""

        async def connect(*_: object, **__: object) -> "asyncpg.Connection[asyncpg.Record]":
            return await asyncpg.connect(url, timeout=CONNECT, command_timeout=answer or ANSWER)

        self._engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=connect,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=STANDSTILL,
            hide_parameters=True,  # else errors quote what people wrote
        )
        self._door = Door(pool_size)
        self._reader = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    async def close(self) -> None:
        await self._engine.dispose()

    async def fetch(self, statement: sa.Executable) -> Sequence[sa.Row[Any]]:
        """The rows of one reading statement, at one instant."""

        joint = _joint.get()
        if joint is not None:
            return await _joined(joint, lambda: _all(joint.connection, statement))

        async def attempt() -> Sequence[sa.Row[Any]]:
            async with self._door.passing(), self._reader.connect() as connection:
                return await _all(connection, statement)

        return await _persistently(attempt)

    async def now(self) -> datetime:
        (row,) = await self.fetch(sa.select(booking_now()))
        instant: datetime = row[0]
        return instant

    async def unit(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """What `work` returns, once all that it wrote is committed; if it raises, nothing was written.

        Done again, three times at most, when a deadlock or a dead connection ended it. Lost where a unique or an
        exclusion constraint says that somebody was quicker; OutcomeUnknown where the connection broke in the commit.
        """
        joint = _joint.get()
        if joint is None:
            return await _persistently(lambda: self._once(work))

        async def within() -> T:
            async with joint.connection.begin_nested():
                return await work(joint.connection)

        return await _joined(joint, within)

    async def together(self, work: Callable[[], Awaitable[T]]) -> T:
        """What `work` returns, once every unit and read in it is committed, in one transaction; each unit in it may
        fail for itself. If `work` raises, nothing was written. Done again as `unit` is, and as a whole.
        """

        async def join(connection: AsyncConnection) -> T:
            joint = _Joint(connection)
            before = _joint.set(joint)
            try:
                result = await work()
            except Exception as error:
                if joint.again:
                    raise _Again from error
                raise
            finally:
                _joint.reset(before)
            if joint.again:
                raise _Again
            return result

        return await _persistently(lambda: self._once(join))

    async def _once(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        async with self._door.passing(), self._engine.connect() as connection:
            transaction = await connection.begin()
            try:
                result = await work(connection)
            except BaseException:
                await transaction.rollback()
                raise
            try:
                await transaction.commit()
            except (OSError, DBAPIError) as error:
                if isinstance(error, OSError) or error.connection_invalidated:
                    raise OutcomeUnknown from error
                raise
            return result


async def _all(connection: AsyncConnection, statement: sa.Executable) -> Sequence[sa.Row[Any]]:
    return (await connection.execute(statement)).all()


async def _joined(joint: _Joint, part: Callable[[], Awaitable[T]]) -> T:
    try:
        with _in_our_words():
            return await part()
    except _Again as error:
        joint.again = True
        raise Unavailable from error


async def _persistently(attempt: Callable[[], Awaitable[T]]) -> T:
    for number in range(1, ATTEMPTS + 1):
        try:
            with _in_our_words():
                return await attempt()
        except _Again:
            await asyncio.sleep(PAUSE * number * (0.5 + random.random()))  # noqa: S311 - jitter, not a secret
    raise Unavailable


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Tells errors apart by SQLSTATE alone; what is none of ours to handle stays a fault of the program."""
    try:
        yield
    except (PoolTimeout, OSError) as error:
        raise Unavailable from error
    except DBAPIError as error:
        state = str(getattr(error.orig, "sqlstate", None) or "")
        if error.connection_invalidated or state in DEADLOCK_OR_SERIALIZATION:
            raise _Again from error
        if state in UNIQUE_OR_EXCLUSION:
            raise Lost from error
        if state[:2] in UNAVAILABLE_CLASSES:
            raise Unavailable from error
        raise
