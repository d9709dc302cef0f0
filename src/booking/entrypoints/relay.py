"""The relay: gives committed events their positions, and hands them on to each subscription."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias
from uuid import UUID

import structlog

from booking.domain.delivery import Batch, Delivery, Failure, Settlement, Subscription, pause_after
from booking.entrypoints.jobs import log_fields
from booking.service.ports import Notify, Outbox

BATCH = 50  # events a step: more would keep all requests waiting while they are told of
AT_ONCE = 50  # subscriptions that a process hands on to; those of them that hang have a lease each, and no more
PATIENCE = 0.2  # seconds that a step waits for its subscriptions; one that hangs keeps the others waiting for no longer
LEASE = timedelta(seconds=30)  # what a dead worker had is handed on by another one after this

log = structlog.get_logger("booking.relay")

Told: TypeAlias = tuple[int, Exception | None, Sequence[Delivery]]
"""How many deliveries of a line were heard, and what came of the next one, if it was tried."""


@dataclass(slots=True)
class Relay:
    """Safe beside others of its kind, and when it is cut off, or stopped for longer than its lease, at any await."""

    outbox: Outbox
    notifiers: Mapping[str, Notify]
    lease: timedelta = LEASE
    chance: Callable[[], float] = random.random
    under_way: set["asyncio.Task[int]"] = field(default_factory=set)

    async def step(self) -> int:
        """How much was placed and handed on. What fails is due again later; the others go their way."""
        placed = await self.outbox.place(BATCH)
        if free := AT_ONCE - len(self.under_way):
            batches = await self.outbox.take(self.notifiers.keys(), free, BATCH, self.lease)
            self.under_way.update(asyncio.ensure_future(self._hand_on(batch)) for batch in batches)
        return placed + await self._wait(PATIENCE)

    async def end(self) -> None:
        """Wait for deliveries under way."""
        await self._wait(self.lease.total_seconds())

    async def _wait(self, patience: float) -> int:
        if not self.under_way:
            return 0
        try:
            done, self.under_way = await asyncio.wait(self.under_way, timeout=patience)
        except BaseException:
            for one in self.under_way:
                one.cancel()
            raise
        return sum(one.result() for one in done)

    async def _hand_on(self, batch: Batch) -> int:
        """Tell a subscription of its batch, each line in its order; return how much it heard."""
        lines: dict[UUID, list[Delivery]] = {}
        for delivery in batch.deliveries:
            lines.setdefault(delivery.recorded.event.line, []).append(delivery)
        # After half the lease somebody else might be at it, too.
        until = asyncio.get_running_loop().time() + self.lease.total_seconds() / 2
        told = await asyncio.gather(*(self._tell(batch.subscription, line, until) for line in lines.values()))
        heard = [delivery for count, _, line in told for delivery in line[:count]]
        failed = [(self._failure(line[count], error), error) for count, error, line in told if error is not None]
        waiting = [delivery for count, error, line in told for delivery in line[count + (error is not None) :]]
        settlement = Settlement(heard=heard, failed=[failure for failure, _ in failed], waiting=waiting)
        if await self.outbox.settle(batch, settlement):
            for failure, error in failed:
                _log_failure(batch.subscription, failure, error)
        else:
            log.warning("delivery fenced", subscription=str(batch.subscription.id), token=batch.token)
        return len(heard)

    async def _tell(self, subscription: Subscription, line: Sequence[Delivery], until: float) -> Told:
        """Tell of a line up to the first that fails, or has to wait."""
        notify = self.notifiers[subscription.kind]
        for count, delivery in enumerate(line):
            if delivery.behind:
                return count, None, line
            try:
                async with asyncio.timeout_at(until):
                    await notify(delivery.recorded, subscription)
            except Exception as error:
                return count, error, line
        return len(line), None, line

    def _failure(self, delivery: Delivery, error: Exception) -> Failure:
        again_in = pause_after(delivery.attempts + 1, self.chance())
        return Failure(delivery=delivery, reason=type(error).__name__, again_in=again_in)


def _log_failure(subscription: Subscription, failure: Failure, error: Exception) -> None:
    """Log the first failure of an event, and its last: not each of those between."""
    about = {"subscription": str(subscription.id), "event_id": str(failure.delivery.recorded.id), **log_fields(error)}
    if failure.again_in is None:
        log.error("delivery dead", attempts=failure.delivery.attempts + 1, **about)
    elif failure.delivery.attempts == 0:
        log.warning("delivery failed", **about)
