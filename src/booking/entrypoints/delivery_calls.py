"""Calls by which a subscription is told of a batch: each line in its order, the lines beside each other."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil

from booking.domain.delivery.delivery import BREAKS, Attempt, Batch, Delivery, Outcome
from booking.entrypoints.delivery_lines import Lines
from booking.service.ports import Notifier
from booking.tracing import spans
from booking.tracing.spans import Kind, follow, within

PATIENCE = 1.5  # seconds that a batch waits for its calls; those that take longer are settled by themselves


@dataclass(slots=True, eq=False)
class Call:
    deliveries: Sequence[Delivery]
    task: "asyncio.Task[Sequence[Outcome]]"
    began: float

    async def attempts(self) -> Sequence[Attempt]:
        outcomes = await self.task
        ago = timedelta(seconds=_now() - self.began)
        return [
            Attempt(delivery=one, outcome=outcome, ago=ago)
            for one, outcome in zip(self.deliveries, outcomes, strict=True)
        ]

    @property
    def heard(self) -> Sequence[Delivery]:
        """Return the deliveries that were heard, once the call is over."""
        return [one for one, outcome in zip(self.deliveries, self.task.result(), strict=True) if not outcome.failure]


@dataclass(slots=True)
class Calls:
    """Calls of one batch. `failures`: so many failed since the last that was heard."""

    batch: Batch
    notifier: Notifier
    lines: Lines = field(init=False)
    ended: list[Call] = field(default_factory=list)
    under_way: list[Call] = field(default_factory=list)
    failures: int = 0
    _failures_before: int = field(init=False)
    _furthest: int = 0

    def __post_init__(self) -> None:
        self.lines = Lines(self.batch.deliveries)
        self._failures_before = self.batch.failures

    async def until_settled(self) -> None:
        """Make calls until none is left to make, or for as long as the patience lasts."""
        until = _now() + min(PATIENCE, self.batch.lease.total_seconds() / 4)
        try:
            while True:
                while (left := until - _now()) > 0 and (deliveries := self.lines.take(self._most())):
                    self._begin(deliveries)
                if not self.under_way:
                    return
                tasks = [call.task for call in self.under_way]
                done, _ = await asyncio.wait(tasks, timeout=max(left, 0), return_when=asyncio.FIRST_COMPLETED)
                if not done:
                    return
                for call in [call for call in self.under_way if call.task in done]:
                    self._end(call)
        except BaseException:
            self.cancel()
            raise

    def cancel(self) -> None:
        for call in self.under_way:
            call.task.cancel()

    def left(self) -> tuple[int, Sequence[Delivery]]:
        """Return how far the cursor may go, and which deliveries wait in rows of their own.

        Why: what comes after the last call is read again from the cursor, so that a slow subscription costs no rows."""
        subscription = self.batch.subscription
        stay = [one for one in self.lines.free if not one.kept and one.position > self._furthest]
        upto = min((one.place(subscription) - 1 for one in stay), default=self.batch.upto)
        return upto, [one for one in self.lines.left if one.kept or one.place(subscription) <= upto]

    def _most(self) -> int:
        """Return how many events the next call may take. One that failed too often is asked by a single one."""
        if self._failures_before + self.failures >= BREAKS:
            return 0 if self.batch.under_way or self.under_way or self.ended else 1
        elsewhere = ceil(self.batch.under_way / self.notifier.together)
        return self.notifier.together if len(self.under_way) + elsewhere < self.notifier.at_once else 0

    def _begin(self, deliveries: Sequence[Delivery]) -> None:
        self._furthest = max(self._furthest, *(one.position for one in deliveries))
        task = asyncio.ensure_future(self._outcomes(deliveries))
        self.under_way.append(Call(deliveries, task, _now()))

    async def _outcomes(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        """Call the notifier, as a step of each event's trace."""
        if not spans.on():
            return await self._called(deliveries)
        of = self.batch.subscription
        followed = [follow(f"hand over {of.kind}", Kind.INTERNAL, one.trace) for one in deliveries]
        with within(followed):
            outcomes = await self._called(deliveries)
            for span, one, outcome in zip(followed, deliveries, outcomes, strict=True):
                if span is not None:
                    span.failed = outcome.failure is not None
                    span.tell(
                        {
                            "booking.subscription": str(of.id),
                            "booking.event": str(one.recorded.id),
                            "booking.event_type": str(one.recorded.event.type),
                            "booking.organization": str(one.recorded.event.organization_id),
                            "booking.attempt": one.attempts + 1,
                            "booking.failure": outcome.failure,
                        }
                    )
        return outcomes

    async def _called(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        """Call the notifier. Half a lease is the most that it gets: later somebody else might be at it, too."""
        try:
            async with asyncio.timeout(self.batch.lease.total_seconds() / 2):
                outcomes = await self.notifier(deliveries, self.batch.subscription)
            if len(outcomes) != len(deliveries):
                raise ValueError
        except Exception as error:
            return [Outcome(failure=type(error).__name__)] * len(deliveries)
        return outcomes

    def _end(self, call: Call) -> None:
        self.under_way.remove(call)
        heard = call.heard
        self.ended.append(call)
        self.failures += 1
        if heard:
            self._failures_before = self.failures = 0
        for one in heard:
            self.lines.go_on(one)


def _now() -> float:
    return asyncio.get_running_loop().time()
