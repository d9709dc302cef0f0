"""Batching: questions that arrive while a statement is under way go together into the next one."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

from booking.adapters.postgres.engine.pool import PATIENCE, STANDSTILL
from booking.domain.refusals import Unavailable
from booking.metrics import record
from booking.tracing import spans
from booking.tracing.spans import Span

LINES = 2  # statements of a kind at once
CROWD = 32  # questions that wait before a second line is opened: until then one larger statement costs less than two
MOST = 64  # questions in one statement
STILL = 4  # turns of the loop, of some microseconds each, in which nobody came: then all that is at hand has come
MOMENT = 0.001  # seconds for which what is asked often waits, where several went together before
QUEUE = 4096  # questions that may wait; whoever comes then is told at once, rather than late

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


def all_of(waiting: Collection[K]) -> Collection[K]:
    return waiting


@dataclass(slots=True)
class _Asked(Generic[T]):
    since: float
    answers: "list[asyncio.Future[T | None]]"
    spans: tuple[Span, ...]
    """Of those who asked, where they are traced."""


class Batches(Generic[K, T]):
    """Batches of questions of one kind. No question waits for a batch to fill.

    A question that finds no statement under way leaves as soon as the loop has nothing else at hand that would come
    along. With a `moment`, a question after several that went together waits so long for as many. Why: questions that
    were answered together mostly come again together.

    Under load batches grow by themselves, and a round trip, a parse and a wake-up serve many. Equal questions share the
    answer, which is never older than the question. Questions are answered in order of arrival. A caller that goes away
    leaves the others their answer.
    """

    def __init__(
        self,
        answer: Callable[[Sequence[K]], Awaitable[Mapping[K, T]]],
        *,
        kind: str = "other",
        choose: Callable[[Collection[K]], Collection[K]] = all_of,
        lines: int = LINES,
        crowd: int = CROWD,
        most: int = MOST,
        queue: int = QUEUE,
        moment: float = 0.0,
        company: int = 1,
    ) -> None:
        """`answer` is given different questions, and answers those that have an answer. `choose` says which of those
        that wait may go together next, in their order. `kind` is what they are counted as. `moment`: seconds;
        `company`: for how many to wait at the least."""
        self._kind = kind
        self._answer = answer
        self._choose = choose
        self._free = self._all = lines
        self._crowd = crowd
        self._most = most
        self._queue = queue
        self._moment = moment
        self._company = company
        self._asking = 0
        self._expected = 1
        self._loop: asyncio.AbstractEventLoop  # of the lines that run: to ask for it costs a call into the system
        self._enough: asyncio.Future[None] | None = None
        self._waiting: dict[K, _Asked[T]] = {}
        self._lines: set[asyncio.Task[None]] = set()
        self._served = 0
        self._watch: asyncio.TimerHandle | None = None

    async def ask(self, key: K) -> T | None:
        """The answer, if there is one; Unavailable where too many wait already, or for too long, or the queue stands
        still: as at the door."""
        if self._free == self._all:
            self._loop = asyncio.get_running_loop()
        answer: asyncio.Future[T | None] = self._loop.create_future()
        if (those_before := self._waiting.get(key)) is not None:
            those_before.answers.append(answer)
            those_before.spans += spans.current()
        else:
            self._enqueue(key, answer)
        self._asking += 1
        if self._asking == self._expected and self._enough is not None:
            _end(self._enough)
        return await answer

    def withdraw(self, key: K) -> None:
        """Withdraw a question that only one caller has asked, and that is still waiting."""
        if self._waiting.pop(key, None) is not None:
            self._asking -= 1

    def _enqueue(self, key: K, answer: "asyncio.Future[T | None]") -> None:
        if len(self._waiting) >= self._queue:
            raise Unavailable("too many are waiting; try again")
        self._waiting[key] = _Asked(time.monotonic(), [answer], spans.current())
        if self._free and (self._free == self._all or len(self._waiting) >= self._crowd):
            self._free -= 1
            line = self._loop.create_task(self._serve())
            self._lines.add(line)
            line.add_done_callback(self._lines.discard)
        elif self._watch is None:
            self._keep_watch()

    def _keep_watch(self) -> None:
        self._watch = self._loop.call_later(STANDSTILL, self._look, self._served)

    def _look(self, served: int) -> None:
        """All are told where nobody was served since; and whoever has waited for too long."""
        self._watch = None
        latest = time.monotonic() - PATIENCE * STANDSTILL
        for key, asked in list(self._waiting.items()):
            if self._served == served or asked.since < latest:
                _fail(self._leaving(key), Unavailable())
        if self._waiting:
            self._keep_watch()

    async def _serve(self) -> None:
        try:
            while chosen := await self._next():
                record.batch(self._kind, len(chosen))
                if spans.on():
                    spans.use(span for key in chosen for span in self._waiting[key].spans)
                together = [self._leaving(key) for key in chosen]
                asking = sum(map(len, together))
                self._expected = max(asking, self._company) if asking > 1 else 1
                await self._tell(chosen, together)
                self._served += 1
        finally:
            self._free += 1

    def _leaving(self, key: K) -> "list[asyncio.Future[T | None]]":
        answers = self._waiting.pop(key).answers
        self._asking -= len(answers)
        return answers

    async def _next(self) -> list[K]:
        await self._until_still()
        if self._moment and 0 < self._asking < self._expected:
            await self._wait_for_company()
            await self._until_still()
        return list(islice(self._choose(self._waiting), self._most))

    async def _until_still(self) -> None:
        asking, still = self._asking, 0
        while still < STILL and len(self._waiting) < self._most:
            await asyncio.sleep(0)
            still = still + 1 if self._asking <= asking else 0
            asking = self._asking

    async def _wait_for_company(self) -> None:
        self._enough = self._loop.create_future()
        moment = self._loop.call_later(self._moment, _end, self._enough)
        await self._enough
        moment.cancel()
        self._enough = None

    async def _tell(self, batch: Sequence[K], waiting: "Sequence[list[asyncio.Future[T | None]]]") -> None:
        try:
            found = await self._answer(batch)
        except Exception as error:
            for answers in waiting:
                _fail(answers, error)
        else:
            for key, answers in zip(batch, waiting, strict=True):
                answer = found.get(key)
                for asked in answers:
                    if not asked.done():  # whoever went away has cancelled theirs
                        asked.set_result(answer)


async def together_or_alone(
    decide: Callable[[Sequence[K]], Awaitable[Mapping[K, T]]], requests: Sequence[K]
) -> Mapping[K, T | Exception]:
    """Decide requests together or, if they cannot be written together, each by itself."""
    try:
        return {**await decide(requests)}
    except Unavailable:
        raise
    except Exception as error:
        if len(requests) == 1:
            return {requests[0]: error}
    outcomes: dict[K, T | Exception] = {}
    for request in requests:
        try:
            outcomes |= await decide([request])
        except Exception as error:
            outcomes[request] = error
    return outcomes


def _end(waiting: "asyncio.Future[None]") -> None:
    if not waiting.done():
        waiting.set_result(None)


def _fail(answers: "list[asyncio.Future[Any]]", error: Exception) -> None:
    for asked in answers:
        if not asked.done():
            asked.set_exception(error)
