"""Claims that come while others are decided are decided together, in one transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from booking.adapters.postgres.engine.batching import Batches, together_or_alone
from booking.adapters.postgres.engine.database import alone
from booking.domain.authority import Right
from booking.domain.commitments import Commitments
from booking.domain.refusals import Unavailable
from booking.domain.roster import Roster
from booking.domain.slot import Key
from booking.service.ports import Claim, DirectBooking, Lost, Overtaken

MOMENT = 0.010  # seconds, and
COMPANY = 8  # claims: a batch of them costs much however few they are
PATIENT = 3  # slots at once that somebody else has locked


class Way(IntEnum):
    """How claims are decided; whoever could not be goes the next."""

    PLAIN = 0  # by one statement, where nothing stands in the way
    AT_HAND = 1  # under the locks that nobody else has
    PATIENT = 2  # under locks that are waited for


@dataclass(slots=True, eq=False)
class Request:
    """`visit`: what it comes to where nothing stands in the way; `way`: the first that could lead anywhere."""

    slot: Key
    person: Key
    claim: Claim
    by: Right
    visit: DirectBooking | None = None
    overtaken: Overtaken | None = None
    way: Way = Way.PLAIN


Claimed: TypeAlias = tuple[Roster, Commitments]
Outcomes: TypeAlias = Mapping[Request, Claimed | Exception]
"""What came of claims; those that could not be decided are missing."""
Decide: TypeAlias = Callable[[Sequence[Request], Way], Awaitable[Outcomes]]


class Claiming:
    """One batch of a way at a time, of different people only, so that no decision needs what another has written.

    Whose slot or person somebody else has locked comes again with the next batch, for locks are short; and then waits
    in a queue of its own, slot by slot. So does a batch of which something could not be written. Whoever was overtaken
    by then is told so, and costs nothing. A caller who goes away takes nothing from the others; a claim that is under
    way by then is made all the same.
    """

    def __init__(self, decide: Decide) -> None:
        """`decide` gives all outcomes or, unless it may wait for locks, those that it can."""
        self._decide = _in_time(decide)
        self._ways = {
            Way.PLAIN: Batches(
                self._deciding(Way.PLAIN), kind="claims", choose=_of_others, lines=1, moment=MOMENT, company=COMPANY
            ),
            Way.AT_HAND: Batches(self._deciding(Way.AT_HAND), kind="locking claims", choose=_of_others, lines=1),
            Way.PATIENT: Batches(
                self._decide_patiently, kind="locked claims", choose=_of_one_slot, lines=PATIENT, crowd=1
            ),
        }

    async def ask(self, request: Request) -> Claimed:
        """Unavailable where too many wait already, or for too long; otherwise as the claim itself."""
        if request.visit is None or not alone():  # what is written in a joint transaction is committed with the rest
            request.way = Way.AT_HAND
        for way in (Way.PLAIN, Way.AT_HAND, Way.AT_HAND, Way.PATIENT):
            if way < request.way:
                continue
            batches = self._ways[way]
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

    def _deciding(self, way: Way) -> Callable[[Sequence[Request]], Awaitable[Outcomes]]:
        async def decide(requests: Sequence[Request]) -> Outcomes:
            try:
                return await self._decide(requests, way)
            except Unavailable:
                raise
            except Exception:  # one of them could not be written, so none was
                for request in requests:
                    request.way = Way.PATIENT
                return {}

        return decide

    async def _decide_patiently(self, requests: Sequence[Request]) -> Outcomes:
        return await together_or_alone(lambda some: self._decide(some, Way.PATIENT), requests)


def _in_time(decide: Decide) -> Decide:
    """Decides on those that were not overtaken."""

    async def decide_those(requests: Sequence[Request], way: Way) -> Outcomes:
        late = {request: Lost() for request in requests if request.overtaken is not None and request.overtaken()}
        rest = [request for request in requests if request not in late] if late else requests
        return {**late, **(await decide(rest, way) if rest else {})}

    return decide_those


def _of_others(waiting: Iterable[Request]) -> Collection[Request]:
    """Of different people; who comes twice comes again."""
    chosen: dict[Key, Request] = {}
    for request in waiting:
        chosen.setdefault(request.person, request)
    return chosen.values()


def _of_one_slot(waiting: Collection[Request]) -> Collection[Request]:
    first = next(iter(waiting), None)
    return _of_others(request for request in waiting if first and request.slot == first.slot)
