"""The database: one pool, transactions that hold together or not at all, and its errors in our words."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from booking.adapters.postgres.engine import codecs, pooler, sessions
from booking.adapters.postgres.engine.causes import Outage, Target, cause_of
from booking.adapters.postgres.engine.errors import (
    OF_THE_DRIVER,
    cancelled,
    ended,
    persistently,
)
from booking.adapters.postgres.engine.pool import MOST, Connection, Pool, Row
from booking.adapters.postgres.engine.statements import Statement, driven, name_of
from booking.domain.refusals import OutcomeUnknown
from booking.tracing.spans import inside

ANSWER = 5.0  # seconds; beyond the server's own statement_timeout, so it only ends waits on a dead network

T = TypeVar("T")
Fetch: TypeAlias = Callable[..., Awaitable[Sequence[Row]]]
"""`Database.write`, or `Transaction.fetch`: what asks a statement."""


class Transaction:
    """Statements that are committed together, or not at all."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.then: list[Callable[[], None]] = []
        """What is done once they are committed."""

    async def fetch(self, statement: Statement, *inputs: object) -> Sequence[Row]:
        """Return the rows of a statement, prepared or composed."""
        text, values = driven(statement, inputs)
        with inside(name_of, statement):
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
        with inside(name_of, statement):
            done = await self.connection.execute(text, *values)
        count = done.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def plan_freely(self) -> None:
        """Plan the following statements by the tables' statistics, for statements that go over everything."""
        await self.connection.execute(sessions.PLAN_FREELY)


class Database:
    """Database with one pool. Close it when done."""

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
        text, values = driven(statement, inputs)

        async def ask(connection: Connection) -> Sequence[Row]:
            return await connection.fetch(text, *values)

        with inside(name_of, statement):
            return await persistently(lambda: self._pool.use(ask, text), self._outage)

    async def write(self, statement: Statement, *inputs: object) -> Sequence[Row]:
        """The rows of one writing statement, which is a transaction by itself; done again, and told, as `unit` is."""
        text, values = driven(statement, inputs)

        async def ask(connection: Connection) -> Sequence[Row]:
            return await in_doubt(connection.fetch(text, *values))

        with inside(name_of, statement):
            return await persistently(lambda: self._pool.use(ask, text), self._outage)

    async def unit(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Return the result of `work` once all its writes are committed; if it raises, nothing was written.

        Repeated, three times at most, when a deadlock or a dead connection ended it. Lost if a unique or an exclusion
        constraint says that another write was quicker; OutcomeUnknown if the connection broke in the commit.
        """
        return await persistently(lambda: self._pool.use(lambda line: _transact(line, work)), self._outage)

    async def snapshot(self, work: "Callable[[Snapshot], Awaitable[T]]") -> T:
        """Return the result of statements that all see the database as the first of them does.

        Repeated as `unit` is.
        """

        async def read(connection: Connection) -> T:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                return await work(Snapshot(Transaction(connection)))

        return await persistently(lambda: self._pool.use(read), self._outage)


class Snapshot(Database):
    """Database as it is at one instant: repositories made with it read that, and write nothing."""

    def __init__(self, within: Transaction) -> None:
        self._within = within

    async def fetch(self, statement: Statement, *inputs: object) -> Sequence[Row]:
        return await self._within.fetch(statement, *inputs)


async def _transact(connection: Connection, work: Callable[[Transaction], Awaitable[T]]) -> T:
    transaction = connection.transaction()
    await transaction.start()
    within = Transaction(connection)
    try:
        result = await work(within)
    except Exception:
        if not connection.is_closed():
            await transaction.rollback()
        raise
    with inside("COMMIT"):
        await in_doubt(transaction.commit())
    for note in within.then:
        note()
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
