"""Pool of connections: as many as are used at once, up to a limit; callers beyond it wait in the order they came in."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import asyncpg

from booking.adapters.postgres.engine.causes import Cause
from booking.adapters.postgres.engine.errors import ended, kept_from_before, raise_as_end
from booking.adapters.postgres.engine.plans import Plans
from booking.adapters.postgres.engine.sessions import forget
from booking.domain.refusals import Unavailable
from booking.metrics import catalogue, record

MOST = 10  # connections
STANDSTILL = 1.0  # seconds in which nobody came out: the database hangs, and the caller is better off with a 503
STOOD = Cause("no connection of the pool became free")
PATIENCE = 8  # times that long, in a queue that moves


class Row(asyncpg.Record):
    """Row with its columns as attributes, too."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    else:
        __getattr__ = asyncpg.Record.__getitem__


Connection: TypeAlias = "asyncpg.Connection[Row]"
T = TypeVar("T")


class Admission:
    """A rush is served in turn, however long the queue; a database that hangs is told of at once."""

    def __init__(self, width: int) -> None:
        self._free = asyncio.Semaphore(width)
        self._left = 0

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        """Unavailable where the queue stands still, or is far too long."""
        await self._enter()
        record.change(catalogue.pool, +1, "at_work")
        try:
            yield
        finally:
            record.change(catalogue.pool, -1, "at_work")
            self._left += 1
            self._free.release()

    async def _enter(self) -> None:
        if not self._free.locked():
            await self._free.acquire()
            return
        entering = asyncio.ensure_future(self._free.acquire())
        record.change(catalogue.pool_waiting, +1)
        try:
            for _ in range(PATIENCE):
                left = self._left
                done, _ = await asyncio.wait({entering}, timeout=STANDSTILL)
                if done:
                    return
                if self._left == left:
                    break
            raise Unavailable(cause=STOOD)
        except BaseException:
            if not entering.cancel() and not entering.cancelled():
                self._free.release()  # it was let in at the very moment at which it gave up
            raise
        finally:
            record.change(catalogue.pool_waiting, -1)


class Pool:
    """Connections with no statement of a pool's own between two uses.

    Each does what it did last, as far as it can; what none did last is done by the one that was used last. Why: a
    connection plans each statement once, so a quiet service, which needs one or two of them, soon has all its plans.
    """

    def __init__(self, connect: Callable[[], Awaitable[Connection]], most: int = MOST) -> None:
        self._connect = connect
        self._admission = Admission(most)
        self._idle: list[tuple[Connection, object]] = []  # whichever was used last comes last
        self._plans = Plans()

    async def use(self, work: Callable[[Connection], Awaitable[T]], kind: object = None) -> T:
        """Return the result of `work` on a connection, which may be prepared for its `kind`.

        The connection stays in the pool if the work came to its end, with any result; a silent or an abandoned one does
        not.
        """
        async with self._admission.passing():
            connection = self._sound(kind) or await self._connect()
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
            self._back(connection, kind)
            return result

    async def close(self) -> None:
        while self._idle:
            await self._took(-1).close()

    def _give_up(self) -> None:
        while self._idle:
            self._took(-1).terminate()

    def _sound(self, kind: object) -> "Connection | None":
        while self._idle:
            same = (place for place, (_, last) in enumerate(self._idle) if last == kind)
            connection = self._took(next(same, -1))
            if not connection.is_closed():
                return connection
        return None

    def _took(self, place: int) -> Connection:
        record.change(catalogue.pool, -1, "idle")
        return self._idle.pop(place)[0]

    def _back(self, connection: Connection, kind: object) -> None:
        if not connection.is_closed():
            record.change(catalogue.pool, +1, "idle")
            self._idle.append((connection, kind))
