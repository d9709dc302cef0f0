"""Queue of claims: claims that arrive while others are decided are decided together, in one transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from booking.adapters.postgres.engine.batching import Batches, together_or_alone
from booking.domain.authority import ApplicantRight, Right
from booking.domain.keys import Key
from booking.domain.refusals import Unavailable
from booking.domain.visits.commitments import Commitments
from booking.domain.visits.place_request import PlaceRequest
from booking.domain.visits.refusals import SlotTaken
from booking.domain.visits.roster import Roster
from booking.service.ports import Lost

MOMENT = 0.010  # seconds, and
COMPANY = 8  # claims: a batch of them costs much however few they are
PATIENT = 3  # slots at once that somebody else has locked
REMEMBERED = 1024  # slots whose last refusal is remembered


class Way(IntEnum):
    """Ways of deciding a claim, tried in this order."""

    DIRECT = 0  # by one statement, where nothing stands in the way
    AT_HAND = 1  # under the locks that nobody else has
    PATIENT = 2  # under locks that are waited for


@dataclass(slots=True, eq=False)
class QueuedClaim:
    """A request in the queue. `way`: the first that could decide it; `number`: its place in the order of arrival."""

    slot: Key
    person: Key
    wanted: PlaceRequest
    by: Right
    contested: bool = False
    way: Way = Way.DIRECT
    number: int = 0


Claimed: TypeAlias = tuple[Roster, Commitments]
Outcomes: TypeAlias = Mapping[QueuedClaim, Claimed | Exception]
"""What came of claims; those that could not be decided are missing."""
Decide: TypeAlias = Callable[[Sequence[QueuedClaim], Way], Awaitable[Outcomes]]


class ClaimQueue:
    """Queue with one batch of a way at a time, of different people only. Why: no decision needs a write of the same
    batch.

    A claim whose slot or person is locked by another transaction is tried again with the next batch, for locks are
    short; then it waits in a queue of its own, slot by slot. So does a batch that could not be written as a whole. A
    claim whose slot a rival was refused meanwhile is Lost, and costs nothing. A caller that goes away takes nothing
    from the others; a claim under way by then is made all the same.
    """

    def __init__(self, decide: Decide) -> None:
        """`decide` gives all outcomes or, unless it may wait for locks, those that it can."""
        self._decide = decide
        self._arrived = 0
        self.refused: dict[Key, int] = {}
        # With keys it takes three round trips more; others do not wait for them, and two batches go at once.
        self._keyed = Batches(
            self._deciding(Way.DIRECT),
            kind="keyed claims",
            choose=_of_others,
            crowd=COMPANY,
            moment=MOMENT,
            company=COMPANY,
        )
        self._ways = {
            Way.DIRECT: Batches(
                self._deciding(Way.DIRECT), kind="claims", choose=_of_others, lines=1, moment=MOMENT, company=COMPANY
            ),
            Way.AT_HAND: Batches(self._deciding(Way.AT_HAND), kind="locking claims", choose=_of_others, lines=1),
            Way.PATIENT: Batches(
                self._decide_patiently, kind="locked claims", choose=_of_one_slot, lines=PATIENT, crowd=1
            ),
        }

    async def ask(self, request: QueuedClaim) -> Claimed:
        """Unavailable where too many wait already, or for too long; otherwise as the claim itself."""
        self._arrived += 1
        request.number = self._arrived
        by_link = isinstance(request.by, ApplicantRight) and request.by.link is not None  # its row is locked, too
        if request.contested or by_link or not request.wanted.direct:
            request.way = Way.AT_HAND
        for way in (Way.DIRECT, Way.AT_HAND, Way.AT_HAND, Way.PATIENT):
            if way < request.way:
                continue
            batches = self._keyed if way is Way.DIRECT and request.by.asked is not None else self._ways[way]
            try:
                outcome = await batches.ask(request)
            except asyncio.CancelledError:
                batches.withdraw(request)
                raise
            if isinstance(outcome, Exception):
                raise outcome
            if outcome is not None:
                return outcome
        raise Unavailable

    def _deciding(self, way: Way) -> Callable[[Sequence[QueuedClaim]], Awaitable[Outcomes]]:
        async def decide(requests: Sequence[QueuedClaim]) -> Outcomes:
            try:
                return await self._decide_in_time(requests, way)
            except Unavailable:
                raise
            except Exception:  # one of them could not be written, so none was
                for request in requests:
                    request.way = Way.PATIENT
                return {}

        return decide

    async def _decide_patiently(self, requests: Sequence[QueuedClaim]) -> Outcomes:
        return await together_or_alone(lambda some: self._decide_in_time(some, Way.PATIENT), requests)

    async def _decide_in_time(self, requests: Sequence[QueuedClaim], way: Way) -> Outcomes:
        """Decide; raise Lost, once a rival has been refused the slot, for all that waited for it then."""
        late = {request: Lost() for request in requests if self._overtaken(request)}
        rest = [request for request in requests if request not in late] if late else requests
        outcomes = await self._decide(rest, way) if rest else {}
        for request, outcome in outcomes.items():
            if isinstance(outcome, SlotTaken):
                self.refused.pop(request.slot, None)
                self.refused[request.slot] = self._arrived
                if len(self.refused) > REMEMBERED:
                    del self.refused[next(iter(self.refused))]
        return {**late, **outcomes}

    def _overtaken(self, request: QueuedClaim) -> bool:
        return not request.contested and request.number <= self.refused.get(request.slot, 0)


def _of_others(waiting: Iterable[QueuedClaim]) -> Collection[QueuedClaim]:
    """Of different people; who comes twice comes again."""
    chosen: dict[Key, QueuedClaim] = {}
    for request in waiting:
        chosen.setdefault(request.person, request)
    return chosen.values()


def _of_one_slot(waiting: Collection[QueuedClaim]) -> Collection[QueuedClaim]:
    first = next(iter(waiting), None)
    return _of_others(request for request in waiting if first and request.slot == first.slot)
