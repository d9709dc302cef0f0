"""Start of an instance: it waits for its database, then begins its background work."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog

from booking.domain.refusals import Unavailable
from booking.faults import Explained

FIRST_PAUSE = 0.2  # seconds, doubling with each further look
LONGEST_PAUSE = 5.0

log = structlog.get_logger("booking.start")


@dataclass(slots=True)
class Start:
    """Start with two checks: `ready` raises Unavailable until the database answers; `fit` then raises the fault, if
    any.

    After that fault `give_up` is called, and `fault` holds it for the process that started us.
    """

    ready: Callable[[], Awaitable[None]]
    fit: Callable[[], Awaitable[None]]
    give_up: Callable[[], None] = lambda: None
    fault: Explained | None = None

    def refuse(self, fault: Explained) -> None:
        """End the start, and keep why."""
        self.fault = fault
        self.give_up()

    async def __call__(self, stop: asyncio.Event) -> bool:
        """Whether to begin: not where we are stopped first."""
        looks = 0
        while not stop.is_set():
            try:
                await self.ready()
                await self.fit()
            except Unavailable as error:
                if looks == 0:
                    log.warning("waiting for the database", reason=str(error))
                pause = min(FIRST_PAUSE * 2 ** min(looks, 16), LONGEST_PAUSE)
                looks += 1
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause * (0.5 + random.random() / 2))  # noqa: S311 - jitter
            except Explained as fault:
                self.refuse(fault)
                return False
            else:
                if looks:
                    log.info("the database answers", looks=looks)
                return True
        return False
