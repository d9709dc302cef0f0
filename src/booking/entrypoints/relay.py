"""The relay: gives committed events their positions, and hands them on to the notifier."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from booking.domain.delivery import Delivery, pause_after
from booking.entrypoints.jobs import told
from booking.service.ports import Notify, Outbox

BATCH = 50  # events a step: more would keep all requests waiting while they are told of
LEASE = timedelta(seconds=30)  # what a dead worker had is handed on by another one after this

log = structlog.get_logger("booking.relay")


@dataclass(frozen=True, slots=True)
class Relay:
    """Safe beside others of its kind, and when it is cut off, or stopped for longer than its lease, at any await."""

    outbox: Outbox
    notify: Notify
    lease: timedelta = LEASE
    chance: Callable[[], float] = random.random

    async def step(self) -> int:
        """How much was placed and handed on. What fails is due again later; the others go their way."""
        taken = await self.outbox.take(BATCH, self.lease)
        errors = await self._told(taken.deliveries)
        heard = [delivery for delivery, error in zip(taken.deliveries, errors, strict=True) if error is None]
        counted = await self.outbox.delivered(heard) if heard else ()
        for delivery in heard:
            if delivery.recorded.id not in counted:
                log.warning("delivery fenced", event_id=str(delivery.recorded.id), token=delivery.token)
        for delivery, error in zip(taken.deliveries, errors, strict=True):
            if error is not None:
                await self._fail(delivery, error)
        return taken.placed + len(heard)

    async def _told(self, deliveries: Sequence[Delivery]) -> Sequence[BaseException | None]:
        """What came of each. The notifier has half the lease; after that somebody else might be at it, too."""
        if not deliveries:
            return ()
        loop = asyncio.get_running_loop()  # asked for once: each time costs a call into the system
        telling = [asyncio.ensure_future(self.notify(delivery.recorded), loop=loop) for delivery in deliveries]
        try:
            _, hanging = await asyncio.wait(telling, timeout=self.lease.total_seconds() / 2)
        except BaseException:
            for one in telling:
                one.cancel()
            raise
        for one in hanging:
            one.cancel()
        return [TimeoutError() if one in hanging else one.exception() for one in telling]

    async def _fail(self, delivery: Delivery, error: BaseException) -> None:
        again_in = pause_after(delivery.attempts + 1, self.chance())
        if await self.outbox.failed(delivery, type(error).__name__, again_in):
            self._tell_failure(delivery, error, dead=again_in is None)

    def _tell_failure(self, delivery: Delivery, error: BaseException, *, dead: bool) -> None:
        """The first failure of an event, and its last: not each of those between."""
        if dead:
            log.error(
                "delivery dead", event_id=str(delivery.recorded.id), attempts=delivery.attempts + 1, **told(error)
            )
        elif delivery.attempts == 0:
            log.warning("delivery failed", event_id=str(delivery.recorded.id), **told(error))
