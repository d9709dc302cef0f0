"""Lines to the database: connections for prepared statements, straight through the driver."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import asyncpg
import sqlalchemy as sa

from booking import metrics
from booking.adapters.postgres.engine.errors import ended, kept_from_before, raise_as_end
from booking.adapters.postgres.engine.plans import Plans
from booking.adapters.postgres.engine.sessions import forget

MOST = 6  # connections; each statement of a kind takes two at the most, and few kinds are asked for at one time


class Row(asyncpg.Record):
    """Read as SQLAlchemy's rows are."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    else:
        __getattr__ = asyncpg.Record.__getitem__

    @property
    def _mapping(self) -> "Row":
        return self


AnyRow: TypeAlias = "sa.Row[Any] | Row"
Connection: TypeAlias = "asyncpg.Connection[Row]"
T = TypeVar("T")


class Pool:
    """As many as are used at once, and no more than so many; with no statement of a pool's own between theirs.

    Each does what it did last, as far as it can: PostgreSQL has the plan, and whatever that needs, at hand there.
    """

    def __init__(self, connect: Callable[[], Awaitable[Connection]], most: int = MOST) -> None:
        self._connect = connect
        self._free = asyncio.Semaphore(most)
        self._idle: list[tuple[Connection, object]] = []  # whichever has rested longest comes first
        self._plans = Plans()

    async def use(self, work: Callable[[Connection], Awaitable[T]], kind: object = None) -> T:
        """What `work`, which is of that kind, makes of a line. One that was used to the end stays, whatever came of it;
        one that fell silent, or was left, does not."""
        async with self._free:
            connection = self._sound(kind) or await self._connect()
            metrics.connection("line", +1)
            try:
                await self._plans.renew(connection)
                result = await work(connection)
            except BaseException as error:
                if kept_from_before(error):  # what this one has kept, all have
                    self._give_up()
                    await forget(connection)
                dead = connection.is_closed()
                if dead or not isinstance(error, Exception) or ended(error) or connection.is_in_transaction():
                    connection.terminate()
                else:
                    self._back(connection, kind)
                if dead:
                    raise_as_end(error)
                raise
            finally:
                metrics.connection("line", -1)
            self._back(connection, kind)
            return result

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop()[0].close()

    def _give_up(self) -> None:
        while self._idle:
            self._idle.pop()[0].terminate()

    def _sound(self, kind: object) -> "Connection | None":
        while self._idle:
            same = (place for place, (_, last) in enumerate(self._idle) if last is kind)
            connection, _ = self._idle.pop(next(same, 0))
            if not connection.is_closed():
                return connection
        return None

    def _back(self, connection: Connection, kind: object) -> None:
        if not connection.is_closed():
            self._idle.append((connection, kind))
