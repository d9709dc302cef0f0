"""The database: one pool, transactions that hold together or not at all, and its errors in our words."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from booking.adapters.postgres.engine import codecs, pooler, sessions
from booking.adapters.postgres.engine.causes import Outage, Target, cause_of
from booking.adapters.postgres.engine.errors import (
    OF_THE_DRIVER,
    Again,
    cancelled,
    ended,
    in_our_words,
    persistently,
)
from booking.adapters.postgres.engine.pool import MOST, Connection, Pool, Row
from booking.adapters.postgres.engine.statements import Statement, driven
from booking.domain.refusals import OutcomeUnknown, Unavailable

ANSWER = 5.0  # seconds; beyond the server's own statement_timeout, so it only ends waits on a dead network

T = TypeVar("T")


class Transaction:
    """Statements that are committed together, or not at all."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def fetch(self, statement: Statement, *inputs: object) -> Sequence[Row]:
        """Return the rows of a statement, prepared or composed."""
        text, values = driven(statement, inputs)
        return await self.connection.fetch(text, *values)

    async def first(self, statement: Statement, *inputs: object) -> Row | None:
        """Return the first row, if there is one."""
        rows = await self.fetch(statement, *inputs)
        return rows[0] if rows else None

    async def value(self, statement: Statement, *inputs: object) -> Any:
        """Return the first column of the first row, if there is one."""
        row = await self.first(statement, *inputs)
        return row[0] if row else None

    async def execute(self, statement: Statement, *inputs: object) -> int:
        """Return the number of rows that a statement wrote."""
        text, values = driven(statement, inputs)
        done = await self.connection.execute(text, *values)
        count = done.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def plan_freely(self) -> None:
        """Plan what follows by the tables' statistics, for statements that go over everything."""
        await self.connection.execute(sessions.PLAN_FREELY)


@dataclass(slots=True)
class _Joint:
    """A transaction that several units and reads take part in; `again`: it broke, and may be done again as a whole."""

    transaction: Transaction
    again: bool = False


_joint: ContextVar[_Joint | None] = ContextVar("joint", default=None)


def alone() -> bool:
    """Whether what is done now is no part of a joint transaction, of which nobody else may know yet."""
    return _joint.get() is None


class Database:
    """One pool to one database. Close it when done."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = MOST,
        answer: float | None = None,
        logs: bool = True,
        plans: str = sessions.GENERIC,
    ) -> None:
        """`answer`: seconds after which a statement's network counts as dead, ANSWER unless told. `logs`: whether an
        outage is logged, and not just raised. `plans`: see `sessions.py`."""

        async def connect() -> Connection:
            connected: Connection = await sessions.connect(url, command_timeout=answer or ANSWER, record_class=Row)
            return connected

        async def prepared() -> Connection:
            connection = await connect()
            try:
                await sessions.plan_by_index(connection, plans)
                await codecs.use(connection)
            except BaseException:
                connection.terminate()
                raise
            return connection

        self._connect = connect
        self._pool = Pool(prepared, pool_size)
        self._outage = Outage(Target.of(url), logs)

    async def require_tracking(self) -> None:
        """Untracked where a pooler is between that no statement could be prepared through."""
        await persistently(lambda: pooler.require_tracking(self._connect), self._outage)

    async def close(self) -> None:
        await self._pool.close()

    async def now(self) -> datetime:
        """The database's clock, by which every deadline is decided."""
        (row,) = await self.fetch("SELECT booking_now()")
        instant: datetime = row[0]
        return instant

    async def fetch(self, statement: Statement, *inputs: object) -> Sequence[Row]:
        """The rows of one reading statement, at one instant."""
        joint = _joint.get()
        if joint is not None:
            return await _joined(joint, lambda: joint.transaction.fetch(statement, *inputs))
        text, values = driven(statement, inputs)

        async def ask(connection: Connection) -> Sequence[Row]:
            return await connection.fetch(text, *values)

        return await persistently(lambda: self._pool.use(ask, text), self._outage)

    async def write(self, statement: Statement, *inputs: object) -> Sequence[Row]:
        """The rows of one writing statement, which is a transaction by itself; done again, and told, as `unit` is.

        RuntimeError within a joint transaction, whose end it would not wait for."""
        if not alone():
            raise RuntimeError("a transaction by itself is no part of a joint one")
        text, values = driven(statement, inputs)

        async def ask(connection: Connection) -> Sequence[Row]:
            return await in_doubt(connection.fetch(text, *values))

        return await persistently(lambda: self._pool.use(ask, text), self._outage)

    async def unit(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """What `work` returns, once all that it wrote is committed; if it raises, nothing was written.

        Done again, three times at most, when a deadlock or a dead connection ended it. Lost where a unique or an
        exclusion constraint says that somebody was quicker; OutcomeUnknown where the connection broke in the commit.
        """
        joint = _joint.get()
        if joint is None:
            return await persistently(lambda: self._pool.use(lambda line: _transact(line, work)), self._outage)

        async def within() -> T:
            async with joint.transaction.connection.transaction():
                return await work(joint.transaction)

        return await _joined(joint, within)

    async def together(self, work: Callable[[], Awaitable[T]]) -> T:
        """What `work` returns, once every unit and read in it is committed, in one transaction; each unit in it may
        fail for itself. If `work` raises, nothing was written. Done again as `unit` is, and as a whole.
        """

        async def join(transaction: Transaction) -> T:
            joint = _Joint(transaction)
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

        return await self.unit(join)


async def _transact(connection: Connection, work: Callable[[Transaction], Awaitable[T]]) -> T:
    transaction = connection.transaction()
    await transaction.start()
    try:
        result = await work(Transaction(connection))
    except Exception:
        if not connection.is_closed():
            await transaction.rollback()
        raise
    await in_doubt(transaction.commit())
    return result


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


async def _joined(joint: _Joint, part: Callable[[], Awaitable[T]]) -> T:
    try:
        return await in_our_words(part)
    except Again as error:
        joint.again = True
        raise Unavailable(cause=error.cause) from error
