"""The door to the pool: as many as there are connections go in, the others wait in the order in which they came."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from booking import metrics
from booking.adapters.postgres.engine.causes import Cause
from booking.domain.refusals import Unavailable

STANDSTILL = 1.0  # seconds in which nobody came out: the database hangs, and the caller is better off with a 503
STOOD = Cause("no connection of the pool became free")
PATIENCE = 8  # times that long, in a queue that moves


class Admission:
    """A rush is served in turn, however long the queue; a database that hangs is told of at once."""

    def __init__(self, width: int) -> None:
        self._free = asyncio.Semaphore(width)
        self._left = 0

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        """Unavailable where the queue stands still, or is far too long."""
        await self._enter()
        metrics.connection("pool", +1)
        try:
            yield
        finally:
            metrics.connection("pool", -1)
            self._left += 1
            self._free.release()

    async def _enter(self) -> None:
        if not self._free.locked():
            await self._free.acquire()
            return
        entering = asyncio.ensure_future(self._free.acquire())
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
