"""The relay: gives committed events their positions, and hands them on to each subscription."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

import structlog

from booking.domain.delivery.delivery import Attempt, Batch, Delivery, Failure, Settlement, pause_after, rests
from booking.domain.values import replace
from booking.entrypoints.delivery_calls import Call, Calls
from booking.metrics import catalogue
from booking.service.ports import Notifier, Outbox

BATCH = 500  # events a step: more would keep all requests waiting while they are told of
AT_ONCE = 50  # subscriptions that a process hands on to; those of them that hang have a lease each, and no more
PATIENCE = 0.2  # seconds that a step waits for the first of its subscriptions; one that hangs keeps no other waiting
STRAGGLERS = 500  # calls of a kind that outlast their batch; with so many a process begins no more of it
LEASE = timedelta(seconds=30)  # what a dead worker had is handed on by another one after this

Settle: TypeAlias = Callable[[Batch, Settlement], Awaitable[bool]]

log = structlog.get_logger("booking.relay")


@dataclass(slots=True)
class Relay:
    """Safe beside others of its kind, and when it is cut off, or stopped for longer than its lease, at any await.

    `pause` (seconds) comes after a step whose batches were not full, so that the next finds more. `stragglers` are
    calls that outlast their batch, each with its kind. Each is settled by itself, and no other line waits for it."""

    outbox: Outbox
    notifiers: Mapping[str, Notifier]
    lease: timedelta = LEASE
    pause: float = 0.0
    chance: Callable[[], float] = random.random
    under_way: set["asyncio.Task[int]"] = field(default_factory=set)
    stragglers: dict["asyncio.Task[int]", str] = field(default_factory=dict)

    async def step(self) -> int:
        """How much was placed and handed on, or is about to be. What fails is due later; the others go their way."""
        placed = await self.outbox.place(BATCH)
        if free := AT_ONCE - len(self.under_way):
            batches = await self.outbox.take(self._kinds(), free, BATCH, self.lease)
            self.under_way.update(asyncio.ensure_future(self._hand_on(batch)) for batch in batches)
        done = placed + await self._wait(PATIENCE, asyncio.FIRST_COMPLETED)
        if 0 < done < BATCH:
            await asyncio.sleep(self.pause)
        return done or len(self.under_way)

    async def end(self) -> None:
        """Wait for deliveries under way."""
        await self._wait(self.lease.total_seconds(), asyncio.ALL_COMPLETED)
        await asyncio.gather(*self.stragglers)

    def _kinds(self) -> Mapping[str, int]:
        """Return how many deliveries may be under way for a subscription of each kind."""
        straggling = Counter(self.stragglers.values())
        return {
            kind: one.at_once * one.together for kind, one in self.notifiers.items() if straggling[kind] < STRAGGLERS
        }

    async def _wait(self, patience: float, until: str) -> int:
        try:
            if self.under_way:
                await asyncio.wait(self.under_way, timeout=patience, return_when=until)
        except BaseException:
            for one in (*self.under_way, *self.stragglers):
                one.cancel()
            raise
        done = [one for one in (*self.under_way, *self.stragglers) if one.done()]
        self.under_way.difference_update(done)
        for one in done:
            self.stragglers.pop(one, None)
        return sum(one.result() for one in done)

    async def _hand_on(self, batch: Batch) -> int:
        """Tell a subscription of its batch; return how much it heard."""
        calls = Calls(batch, self.notifiers[batch.subscription.kind])
        await calls.until_settled()
        upto, waiting = calls.left()
        settlement = self._settlement(
            [one for call in calls.ended for one in await call.attempts()],
            failures=calls.failures,
            waiting=waiting,
            under_way=[one for call in calls.under_way for one in call.deliveries],
        )
        try:
            if not await self._settle(self.outbox.settle, replace(batch, upto=upto), settlement):
                calls.cancel()
                return 0
        except BaseException:
            calls.cancel()
            raise
        for call in calls.under_way:
            self.stragglers[asyncio.ensure_future(self._conclude(batch, call))] = batch.subscription.kind
        return len(settlement.heard)

    async def _conclude(self, batch: Batch, call: Call) -> int:
        """Settle a call that outlasted its batch; return how much was heard."""
        attempts = await call.attempts()
        settlement = self._settlement(attempts, failures=0 if call.heard else 1)
        await self._settle(self.outbox.conclude, batch, settlement)
        return len(settlement.heard)

    def _settlement(
        self,
        attempts: Sequence[Attempt],
        *,
        failures: int,
        waiting: Sequence[Delivery] = (),
        under_way: Sequence[Delivery] = (),
    ) -> Settlement:
        return Settlement(
            heard=[one.delivery for one in attempts if one.outcome.failure is None],
            failed=[
                Failure(
                    delivery=one.delivery,
                    reason=one.outcome.failure,
                    again_in=pause_after(one.delivery.attempts + 1, self.chance()),
                )
                for one in attempts
                if one.outcome.failure is not None
            ],
            waiting=waiting,
            under_way=under_way,
            failures=failures,
            rests=rests(self.chance()),
            attempts=attempts,
        )

    async def _settle(self, write: Settle, batch: Batch, settlement: Settlement) -> bool:
        about = str(batch.subscription.id)
        catalogue.attempts.add(len(settlement.heard), batch.subscription.kind, "heard")
        catalogue.attempts.add(len(settlement.failed), batch.subscription.kind, "failed")
        if not await write(batch, settlement):
            log.warning("delivery fenced", subscription=about, token=batch.token)
            return False
        for failure in settlement.failed:
            _log_failure(about, failure)
        return True


def _log_failure(subscription: str, failure: Failure) -> None:
    """Log the first failure of an event, and its last: not each of those between."""
    about = {"subscription": subscription, "event_id": str(failure.delivery.recorded.id), "error": failure.reason}
    if failure.again_in is None:
        log.error("delivery dead", attempts=failure.delivery.attempts + 1, **about)
    elif failure.delivery.attempts == 0:
        log.warning("delivery failed", **about)
