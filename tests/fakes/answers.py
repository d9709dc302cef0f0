"""Answers in memory. What led to an answer that is not kept stays, for there are no transactions here."""

from collections.abc import Awaitable, Callable

from booking.domain.idempotency import KEPT, Answer, Asked, no_room
from booking.domain.refusals import IdempotencyInProgress, IdempotencyKeyReused
from booking.service.ports import Lease
from tests.fakes.state import State


class MemoryAnswers:
    def __init__(self, state: State) -> None:
        self.state = state
        self._under_way: set[tuple[str, str, str]] = set()

    async def once(self, asked: Asked, answer: Callable[[], Awaitable[Answer]]) -> Answer:
        name = asked.subject, asked.route, asked.key
        if name in self._under_way:
            raise IdempotencyInProgress
        for organization_id in asked.organizations:
            kept = self.state.answers.get((organization_id, *name))
            if kept is not None and kept[0] > self.state.clock() - KEPT:
                _, fingerprints, given = kept
                if not asked.fits(*fingerprints):
                    raise IdempotencyKeyReused
                return given.again()
        kept_until = self.state.clock() - KEPT
        theirs = [
            at for (_, who, *_), (at, _, _) in self.state.answers.items() if who == asked.subject and at > kept_until
        ]
        if len(theirs) >= asked.most:
            raise no_room(asked.most, min(theirs), self.state.clock())
        self._under_way.add(name)
        try:
            given = await answer()
        finally:
            self._under_way.discard(name)
        if given.final:
            kept_by = asked.name
            self.state.answers[kept_by] = self.state.clock(), asked.fingerprints, given
        return given

    async def forget(self, lease: Lease) -> int:
        if not self.state.held(lease):
            return 0
        over = [key for key, (at, _, _) in self.state.answers.items() if at <= self.state.clock() - KEPT]
        for key in over:
            del self.state.answers[key]
        return len(over)
