"""The database: a pool, units of work that hold together or not at all, and its errors in our words."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from booking.adapters.postgres.engine import instants, pooler, sessions
from booking.adapters.postgres.engine.admission import STANDSTILL, Admission
from booking.adapters.postgres.engine.causes import Outage, Target, cause_of
from booking.adapters.postgres.engine.errors import (
    OF_THE_DRIVER,
    Again,
    cancelled,
    ended,
    in_our_words,
    kept_from_before,
    persistently,
    raise_as_end,
)
from booking.adapters.postgres.engine.pool import Connection, Pool, Row
from booking.adapters.postgres.engine.sql_files import Query
from booking.adapters.postgres.engine.statements import Prepared
from booking.adapters.postgres.tables import booking_now
from booking.domain.refusals import OutcomeUnknown, Unavailable

ANSWER = 5.0  # seconds; beyond the server's own statement_timeout, so it only ends waits on a dead network

T = TypeVar("T")


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

    def __init__(self, url: str, *, pool_size: int = 10, answer: float | None = None, logs: bool = True) -> None:
        """`answer`: seconds after which a statement's network counts as dead, ANSWER unless told. `logs`: whether an
        outage is logged, and not just raised."""

        async def connect() -> Connection:
            connected: Connection = await sessions.connect(url, command_timeout=answer or ANSWER, record_class=Row)
            return connected

        self._connect = connect
        self._engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=lambda *_, **__: connect(),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=STANDSTILL,
            hide_parameters=True,  # else errors quote what people wrote
        )
        self._door = Admission(pool_size)

        async def line() -> Connection:
            connection = await connect()
            try:
                await sessions.plan_by_index(connection)
                await instants.use(connection)
            except BaseException:
                connection.terminate()
                raise
            return connection

        self._lines = Pool(line)
        self._outage = Outage(Target.of(url), logs)
        self._reader = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    async def require_tracking(self) -> None:
        """Untracked where a pooler is between that no statement could be prepared through."""
        await persistently(lambda: pooler.require_tracking(self._connect), self._outage)

    async def close(self) -> None:
        await self._lines.close()
        await self._engine.dispose()

    async def fetch(self, statement: sa.Executable) -> Sequence[sa.Row[Any]]:
        """The rows of one reading statement, at one instant."""

        joint = _joint.get()
        if joint is not None:
            return await _joined(joint, lambda: _all(joint.connection, statement))

        async def attempt() -> Sequence[sa.Row[Any]]:
            async with self._connected(self._reader) as connection:
                return await _all(connection, statement)

        return await persistently(attempt, self._outage)

    async def rows(self, statement: Prepared | Query, *inputs: object) -> Sequence[Row]:
        """As `fetch`, for what is asked often: straight through the driver, over a line of its own."""
        joint = _joint.get()
        if joint is not None:

            async def part() -> Sequence[Row]:
                return await (await driver_of(joint.connection)).fetch(statement.sql, *inputs)

            return await _joined(joint, part)

        async def ask(connection: Connection) -> Sequence[Row]:
            return await connection.fetch(statement.sql, *inputs)

        return await persistently(lambda: self._lines.use(ask, statement), self._outage)

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
            return await persistently(lambda: self._once(work), self._outage)

        async def within() -> T:
            async with joint.connection.begin_nested():
                return await work(joint.connection)

        return await _joined(joint, within)

    async def straight(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """As `unit`, straight through the driver."""
        joint = _joint.get()
        if joint is None:
            return await persistently(lambda: self._once_straight(work), self._outage)

        async def within() -> T:
            driver = await driver_of(joint.connection)
            async with driver.transaction():
                return await work(driver)

        return await _joined(joint, within)

    async def over_line(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """What `work` returns, where each statement is a transaction of its own; RuntimeError within a joint one, whose
        end it would not wait for. Done again as `unit` is: what it writes goes by `in_doubt`."""
        if not alone():
            raise RuntimeError("a statement over a line is no part of a joint transaction")
        return await persistently(lambda: self._over_line(work), self._outage)

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
                    raise Again from error
                raise
            finally:
                _joint.reset(before)
            if joint.again:
                raise Again
            return result

        return await persistently(lambda: self._once(join), self._outage)

    @asynccontextmanager
    async def _connected(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        async with self._door.passing(), engine.connect() as connection:
            try:
                yield connection
            except Exception as error:
                if connection.invalidated:
                    raise
                driver = await _driver(connection)
                if kept_from_before(error):
                    await sessions.forget(driver)
                if driver.is_closed():
                    await connection.invalidate()
                    raise_as_end(error)
                raise

    async def _once(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        async with self._connected(self._engine) as connection:
            transaction = await connection.begin()
            try:
                result = await work(connection)
            except BaseException:
                await transaction.rollback()
                raise
            await in_doubt(transaction.commit())
            return result

    async def _once_straight(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        async def transact(connection: Connection) -> T:
            transaction = connection.transaction()
            await transaction.start()
            try:
                result = await work(connection)
            except Exception:
                if not connection.is_closed():
                    await transaction.rollback()
                raise
            await in_doubt(transaction.commit())
            return result

        return await self._over_line(transact)

    async def _over_line(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        async with self._door.passing():
            return await self._lines.use(work)


async def in_doubt(commit: Awaitable[T]) -> T:
    """OutcomeUnknown where the connection broke in the commit, or in a statement that is a transaction of its own."""
    try:
        return await commit
    except OF_THE_DRIVER as error:
        if ended(error):
            raise OutcomeUnknown(cause=cause_of(error)) from error
        raise
    except asyncio.CancelledError as error:
        if cancelled():
            raise
        raise OutcomeUnknown from error  # only what it waited for was, by the end of the session


async def driver_of(transaction: AsyncConnection) -> Connection:
    """Within that transaction, which SQLAlchemy begins with a first statement of its own."""
    driver = await _driver(transaction)
    if not driver.is_in_transaction():
        await transaction.execute(sa.select(sa.literal(1)))
    return driver


async def _driver(connection: AsyncConnection) -> Connection:
    return cast("Connection", (await connection.get_raw_connection()).driver_connection)


async def _all(connection: AsyncConnection, statement: sa.Executable) -> Sequence[sa.Row[Any]]:
    return (await connection.execute(statement)).all()


async def _joined(joint: _Joint, part: Callable[[], Awaitable[T]]) -> T:
    try:
        return await in_our_words(part)
    except Again as error:
        joint.again = True
        raise Unavailable(cause=error.cause) from error
