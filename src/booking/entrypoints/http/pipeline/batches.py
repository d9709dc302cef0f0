"""Batches: requests of many items, their price, and their parts, which are written and kept one by one."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

import msgspec

from booking.domain.idempotency import Answer
from booking.domain.people.caller import Caller
from booking.domain.rate_limit import Spender
from booking.domain.refusals import BatchTooLarge, IdempotencyInProgress
from booking.domain.values import replace
from booking.domain.visits.slot_batch import CHUNK, LARGEST_BATCH
from booking.entrypoints.http.idempotency import told_answer
from booking.entrypoints.http.pipeline.steps import Pipeline
from booking.service.rate_limits import cost_of

I = TypeVar("I")  # noqa: E741 - an item
R = TypeVar("R")

_USED = Answer(status=503, headers=(), body=b"")
"""Answer of a part that was done before; the one that is kept is told in its place."""


class Batches:
    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    async def admit(self, caller: Caller, items: Sequence[object]) -> None:
        """Spend the price of many items, beyond that of one write; BatchTooLarge, RateLimited."""
        if len(items) > LARGEST_BATCH:
            raise BatchTooLarge("at most 500 items")
        writes = self._pipeline.limits.writes_of(caller)
        if writes.limit and (more := cost_of(len(items)) - 1):
            await writes.spend(Spender(caller.home, caller.subject), more)

    async def in_parts(
        self,
        caller: Caller,
        items: Sequence[I],
        do: Callable[[Caller, Mapping[int, I]], Awaitable[R]],
        kind: type[R],
    ) -> Sequence[R]:
        """Do one part after the other, by index; return their answers.

        Under a key each part is a request of its own: one that is asked again has the answer of then, and the first
        that was not done goes on. `do` is given the caller with the key of the part, and keeps its answer.
        """
        return [await self._part(caller, number, part, do, kind) for number, part in enumerate(_parts(items))]

    async def _part(
        self,
        caller: Caller,
        number: int,
        part: Mapping[int, I],
        do: Callable[[Caller, Mapping[int, I]], Awaitable[R]],
        kind: type[R],
    ) -> R:
        if caller.asked is None:
            return await do(caller, part)
        asked = caller.asked.part(number)
        show = asked.answer
        assert show is not None

        async def answer() -> Answer:
            with suppress(IdempotencyInProgress):
                done = await do(replace(caller, asked=asked), part)
                return asked.outcome.kept or show(done)
            return _USED

        given = await self._pipeline.answers.once(asked, answer)
        _, _, body = await told_answer(given, self._pipeline.directory)
        return msgspec.json.decode(body, type=kind)


def _parts(items: Sequence[I]) -> Iterator[Mapping[int, I]]:
    for first in range(0, len(items), CHUNK):
        yield dict(enumerate(items[first : first + CHUNK], first))
