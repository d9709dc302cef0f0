"""Claims that come while others are decided are decided together, in one transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from booking.adapters.postgres.batches import Batches, together_or_alone
from booking.domain.errors import Unavailable
from booking.domain.events import Actor
from booking.domain.roster import Roster
from booking.domain.slot import Key
from booking.domain.standing import Standing
from booking.service.ports import Claim

PATIENT = 3  # slots at once that somebody else has locked


@dataclass(slots=True, eq=False)
class Request:
    """`alone`: others with whom it would have been written could not be, or it could not."""

    slot: Key
    person: Key
    claim: Claim
    by: Actor
    alone: bool = False


Claimed: TypeAlias = tuple[Roster, Standing]
Outcomes: TypeAlias = Mapping[Request, Claimed | Exception]
"""What came of claims; those that could not be decided are missing."""


class Claiming:
    """One batch at a time, of different people only, so that no decision needs what another has written; it waits for
    no lock. Whose slot or person somebody else has locked comes again with the next batch, for locks are short; and
    then waits in a second queue, slot by slot. So does a batch of which something could not be written. A caller who
    goes away takes nothing from the others; a claim that is under way by then is made all the same.
    """

    def __init__(self, decide: Callable[[Sequence[Request], bool], Awaitable[Outcomes]]) -> None:
        """`decide` gives all outcomes or, if it is told not to wait for locks, those that it can."""
        self._decide = decide
        self._quick = Batches(self._decide_quickly, kind="claims", choose=_of_others, lines=1)
        self._patient = Batches(
            self._decide_patiently, kind="locked claims", choose=_of_one_slot, lines=PATIENT, crowd=1
        )

    async def ask(self, request: Request) -> Claimed:
        """Unavailable where too many wait already, or for too long; otherwise as the claim itself."""
        for batches in (self._quick, self._quick, self._patient):
            if request.alone and batches is self._quick:
                continue
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

    async def _decide_quickly(self, requests: Sequence[Request]) -> Outcomes:
        try:
            return await self._decide(requests, False)
        except Unavailable:
            raise
        except Exception:  # one of them could not be written, so none was
            for request in requests:
                request.alone = True
            return {}

    async def _decide_patiently(self, requests: Sequence[Request]) -> Outcomes:
        return await together_or_alone(lambda some: self._decide(some, True), requests)


def _of_others(waiting: Iterable[Request]) -> Collection[Request]:
    """Of different people; who comes twice comes again."""
    chosen: dict[Key, Request] = {}
    for request in waiting:
        chosen.setdefault(request.person, request)
    return chosen.values()


def _of_one_slot(waiting: Collection[Request]) -> Collection[Request]:
    first = next(iter(waiting), None)
    return _of_others(request for request in waiting if first and request.slot == first.slot)
