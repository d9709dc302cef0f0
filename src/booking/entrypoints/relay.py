"""The relay: gives committed events their positions, and hands them on to each subscription."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

import structlog

from booking.domain.delivery import Batch, Delivery, Failure, Outcome, Settlement, Subscription, pause_after
from booking.entrypoints.delivery_lines import Lines
from booking.service.ports import Notifier, Outbox

BATCH = 50  # events a step: more would keep all requests waiting while they are told of
AT_ONCE = 50  # subscriptions that a process hands on to; those of them that hang have a lease each, and no more
PATIENCE = 0.2  # seconds that a step waits for its subscriptions; one that hangs keeps the others waiting for no longer
LEASE = timedelta(seconds=30)  # what a dead worker had is handed on by another one after this

log = structlog.get_logger("booking.relay")

Attempt: TypeAlias = tuple[Delivery, Outcome]


@dataclass(slots=True)
class Relay:
    """Safe beside others of its kind, and when it is cut off, or stopped for longer than its lease, at any await."""

    outbox: Outbox
    notifiers: Mapping[str, Notifier]
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
        lines = Lines(batch.deliveries)
        attempts = await self._attempts(lines, batch.subscription)
        failed = [
            (Failure(delivery=one, reason=outcome.failure, again_in=self._pause(one)), outcome)
            for one, outcome in attempts
            if outcome.failure is not None
        ]
        heard = [one for one, outcome in attempts if outcome.failure is None]
        settlement = Settlement(heard=heard, failed=[failure for failure, _ in failed], waiting=lines.left)
        if await self.outbox.settle(batch, settlement):
            for failure, outcome in failed:
                _log_failure(batch.subscription, failure, outcome)
        else:
            log.warning("delivery fenced", subscription=str(batch.subscription.id), token=batch.token)
        return len(heard)

    async def _attempts(self, lines: Lines, subscription: Subscription) -> Sequence[Attempt]:
        """Hand on what is first in its line; a line goes on once that was heard, and ends where it failed."""
        notifier = self.notifiers[subscription.kind]
        # After half the lease somebody else might be at it, too.
        until = asyncio.get_running_loop().time() + self.lease.total_seconds() / 2
        attempts: list[Attempt] = []
        calls: set[asyncio.Task[Sequence[Attempt]]] = set()
        try:
            while True:
                while len(calls) < notifier.at_once and (deliveries := lines.take(notifier.together)):
                    calls.add(asyncio.ensure_future(_call(notifier, deliveries, subscription, until)))
                if not calls:
                    return attempts
                done, calls = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
                for attempt in (attempt for call in done for attempt in call.result()):
                    attempts.append(attempt)
                    if attempt[1].failure is None:
                        lines.go_on(attempt[0])
        except BaseException:
            for call in calls:
                call.cancel()
            raise

    def _pause(self, failed: Delivery) -> timedelta | None:
        return pause_after(failed.attempts + 1, self.chance())


async def _call(
    notifier: Notifier, deliveries: Sequence[Delivery], subscription: Subscription, until: float
) -> Sequence[Attempt]:
    try:
        async with asyncio.timeout_at(until):
            return list(zip(deliveries, await notifier(deliveries, subscription), strict=True))
    except Exception as error:
        return [(one, Outcome(failure=type(error).__name__)) for one in deliveries]


def _log_failure(subscription: Subscription, failure: Failure, outcome: Outcome) -> None:
    """Log the first failure of an event, and its last: not each of those between."""
    about = {
        "subscription": str(subscription.id),
        "event_id": str(failure.delivery.recorded.id),
        "error": outcome.failure,
        **({} if outcome.status is None else {"status": outcome.status}),
    }
    if failure.again_in is None:
        log.error("delivery dead", attempts=failure.delivery.attempts + 1, **about)
    elif failure.delivery.attempts == 0:
        log.warning("delivery failed", **about)
