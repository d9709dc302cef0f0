"""Runner of all background loops: idling, backoff and their log lines."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Self

import structlog

from booking.metrics import catalogue
from booking.metrics.instruments import Level
from booking.service.ports import Lease, Leases


class Part(StrEnum):
    """A part of the service, which an instance can be for alone: `booking serve --only`."""

    HTTP = "http"
    CONSUMER = "consumer"
    RELAY = "relay"
    JOBS = "jobs"


Step = Callable[[], Awaitable[int]]
"""Does some work and says how much; it survives being cut at any await."""

End = Callable[[], Awaitable[None]]

LEASE = timedelta(seconds=30)


async def _at_once() -> None:
    """End at once."""


class Job(NamedTuple):
    """A loop, and the seconds that it waits after a step that found nothing to do, and after one that did.

    `end` comes after the last step. `apart`: it runs beside the processes that serve, where one is for that. `tells`:
    metrics that go away while it fails. `part`: of an instance that is for one thing alone; None: it runs in each."""

    name: str
    step: Step
    idle: float
    busy: float = 0.0
    end: End = _at_once
    apart: bool = False
    tells: Sequence[Level] = ()
    part: Part | None = Part.JOBS


class Once(NamedTuple):
    """A loop that one process of all has at a time: each of its writes names the lease that the step is given.

    Where its holder dies, another process goes on once the lease is over. `end` comes before it is given back.
    `tells`: metrics of the holder alone."""

    name: str
    step: Callable[[Lease], Awaitable[int]]
    idle: float
    busy: float = 0.0
    end: End = _at_once
    apart: bool = False
    tells: Sequence[Level] = ()
    part: Part | None = Part.JOBS

    @property
    def lasting(self) -> timedelta:
        """How long the lease is: longer than from step to step, so that the loop stays where it is."""
        return max(LEASE, timedelta(seconds=2 * self.idle))


FIRST_PAUSE = 0.5  # seconds after a failure, doubling with each further one
LONGEST_PAUSE = 30.0  # seconds
ENDING = 25.0  # seconds for the steps in flight; an SQS long poll takes up to 20
CUTTING = 2.0  # seconds more for those that were cut off; what kills us usually waits 30

log = structlog.get_logger("booking.workers")


async def keep(
    name: str,
    step: Step,
    stop: asyncio.Event,
    *,
    idle: float,
    busy: float = 0.0,
    first_pause: float = FIRST_PAUSE,
    tells: Sequence[Level] = (),
) -> None:
    """Steps until `stop` is set; the step in flight then finishes. No failure ends the loop.

    `idle` (seconds) is waited after a step that found nothing to do, `busy` after one that did, so that the next finds
    more at once. A change of state is logged, not each failure. `tells`: metrics that go away while it fails.
    """
    failures = 0
    catalogue.loop_failing.set(0, name)
    this = asyncio.current_task()
    while not stop.is_set():
        try:
            done = await step()
        except (Exception, asyncio.CancelledError) as error:
            if this is not None and this.cancelling():  # we are; otherwise only something that the step waited for was
                raise asyncio.CancelledError from error
            failures += 1
            if failures == 1:
                catalogue.loop_failing.set(1, name)
                _forget(tells)
                log.warning("worker failing", worker=name, **log_fields(error))
            pause = min(first_pause * 2 ** min(failures - 1, 16), LONGEST_PAUSE)
            await _wait(stop, pause * (0.5 + random.random() / 2))  # noqa: S311 - jitter, not a secret
            continue
        if failures:
            catalogue.loop_failing.set(0, name)
            log.info("worker working again", worker=name, failures=failures)
            failures = 0
        await _wait(stop, busy if done else idle)


def log_fields(error: BaseException) -> dict[str, str]:
    """Return the log fields of a failure: its class, its code at AWS or in the database, and the refused statement.

    Why: messages may quote personal data.
    """
    named = {"error": type(error).__name__}
    response = getattr(error, "response", None)  # of botocore's ClientError, which takes long to import
    if isinstance(response, dict):
        named["code"] = str(response.get("Error", {}).get("Code"))
    for name in ("statement", "sqlstate", "cause"):
        if (found := getattr(error, name, None)) is not None:
            named[name] = str(found)
    return named


def _forget(tells: Sequence[Level]) -> None:
    for one in tells:
        one.forget()


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    if seconds <= 0:
        await asyncio.sleep(0)
        return
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


class _Holder:
    """A process that takes its turn at a job, and gives it back in the end."""

    def __init__(self, job: Once, leases: Leases) -> None:
        self._job = job
        self._leases = leases
        self._lease: Lease | None = None

    async def step(self) -> int:
        self._lease = await self._leases.take(self._job.name, self._job.lasting, self._lease)
        if self._lease is None:
            _forget(self._job.tells)
            return 0
        return await self._job.step(self._lease)

    async def end(self) -> None:
        await self._job.end()
        if self._lease:
            await self._leases.give_back(self._lease)


class Workers:
    """Loops that run together, from entering this block to leaving it."""

    def __init__(
        self, start: Callable[[asyncio.Event], Awaitable[bool]] | None = None, leases: Leases | None = None
    ) -> None:
        """`start` says whether to begin, once it is time; without, they begin at once. `leases` are for jobs that one
        process has."""
        self._start = start
        self._leases = leases
        self.only: Part | None = None
        """Which part of the service these are; None: all of it."""
        self.apart: bool | None = None
        """Whether these run the jobs that are apart, or the others; None: all of them."""
        self._stop = asyncio.Event()
        self.jobs: list[Job] = []
        self._tasks: list[asyncio.Task[Any]] = []

    def add(self, job: Job | Once) -> None:
        if self.apart is not None and job.apart is not self.apart:
            return
        if self.only is not None and job.part not in {None, self.only}:
            return
        if isinstance(job, Once):
            if self._leases is None:
                raise TypeError(f"{job.name} needs leases")
            holder = _Holder(job, self._leases)
            job = Job(job.name, holder.step, job.idle, job.busy, holder.end, tells=job.tells)
        self.jobs.append(job)

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def stop(self) -> None:
        """Asks all loops to end with the step in flight."""
        self._stop.set()

    async def __aenter__(self) -> Self:
        begun = asyncio.create_task(self._begin(), name="start")
        self._tasks = [
            begun,
            *(asyncio.create_task(self._after(begun, job), name=job.name) for job in self.jobs),
        ]
        return self

    async def _begin(self) -> bool:
        return self._start is None or await self._start(self._stop)

    async def _after(self, begun: "asyncio.Task[bool]", job: Job) -> None:
        if await asyncio.shield(begun):
            await keep(job.name, job.step, self._stop, idle=job.idle, busy=job.busy, tells=job.tells)
            await job.end()

    async def __aexit__(self, *exc_info: object) -> None:
        self.stop()
        if not self._tasks:
            return
        late = set(self._tasks)
        try:
            _, late = await asyncio.wait(late, timeout=ENDING)
        finally:  # even where this wait is cut itself: what the loops work with is closed next
            for task in late:
                log.warning("worker cut off", worker=task.get_name())
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=CUTTING)
