"""Limits: how many requests a minute a person may send, and an organization, and how many of a person's may write; over
all processes together.

Each process spends from blocks that it takes from the store's budgets in the background, so that no request waits for a
write, and whoever asks little costs none: the first half of a block is spent before anything is asked for. What is
given out in all therefore exceeds a limit by one block a process at the most.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from booking.domain.caller import Caller
from booking.domain.rate_limit import WINDOW, Allowance, Spender
from booking.domain.refusals import RateLimited, Unavailable
from booking.service.ports import Budgets

SHARE = 20  # of a limit are in a block
MOST_KNOWN = 20_000  # spenders that a process remembers; the one whose minute began first is forgotten first


ANYWHERE = UUID(int=0)
"""In place of an organization: a person's requests are counted before it is found out who they are."""

AGENTS = 10  # times as many writes as an applicant's are an agent's
ITEMS = 10  # of a batch are one write


def cost_of(items: int) -> int:
    """What a batch of so many costs, of the writes."""
    return max(1, -(-items // ITEMS))


@dataclass(frozen=True, slots=True)
class Limits:
    person: "Limit"
    organization: "Limit"
    writes: "Limit"
    agents_writes: "Limit"

    @classmethod
    def of(cls, budgets: Budgets, *, person: int, organization: int, writes: int) -> "Limits":
        """Requests a minute; 0 is no limit. `writes`: an applicant's."""
        return cls(
            Limit("person", budgets, person),
            Limit("organization", budgets, organization),
            Limit("writes", budgets, writes),
            Limit("writes", budgets, AGENTS * writes),
        )

    def writes_of(self, caller: Caller) -> "Limit":
        return self.writes if caller.agent is None else self.agents_writes


@dataclass(slots=True, kw_only=True)
class _Purse:
    """What one process has of one spender's budget in this minute, and the rest of it; below 0 where more was spent on
    `credit`, which is what it has before anything was granted, than was granted then."""

    ends: float
    left: int
    rest: int
    credit: int
    asking: "asyncio.Task[None] | None" = None


class Limit:
    """One limit, for any number of spenders; 0 is none."""

    def __init__(
        self, name: str, budgets: Budgets, limit: int, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = name
        self.limit = limit
        self.block = max(1, limit // SHARE)
        self._low = self.block // 2
        self._budgets = budgets
        self._monotonic = monotonic
        self._purses: dict[tuple[UUID, str], _Purse] = {}

    async def spend(self, spender: Spender, cost: int = 1) -> Allowance:
        """One request, or one that costs as much as several; RateLimited where that is too much."""
        while (allowance := self.spend_at_hand(*spender, cost)) is None:
            purse = self._purses[spender]
            if not self._ask(spender, purse):
                reset = int(purse.ends - self._monotonic()) + 1
                raise RateLimited(Allowance(self.name, self.limit, 0, max(1, reset)))
            assert purse.asking is not None
            await asyncio.shield(purse.asking)
        return allowance

    def spend_at_hand(self, organization_id: UUID, who: str, cost: int = 1) -> Allowance | None:
        """As `spend`, where this process has some left, as it nearly always has; None where it has to ask."""
        now = self._monotonic()
        purse = self._purses.get((organization_id, who))
        if purse is None or now >= purse.ends:
            purse = self._begin(Spender(organization_id, who), now)
        if purse.left < cost:
            return None
        purse.left -= cost
        if purse.left <= self._low:
            self._ask(Spender(organization_id, who), purse)
        return Allowance(self.name, self.limit, purse.left + purse.rest, int(purse.ends - now) + 1)

    def _begin(self, spender: Spender, now: float) -> _Purse:
        self._purses.pop(spender, None)
        if len(self._purses) >= MOST_KNOWN:
            del self._purses[next(iter(self._purses))]
        purse = _Purse(
            ends=now + WINDOW.total_seconds(), left=self.block, rest=self.limit - self.block, credit=self.block
        )
        self._purses[spender] = purse
        return purse

    def _ask(self, spender: Spender, purse: _Purse) -> bool:
        """For what was spent on credit, and a block more; in the background, once at a time. False if that is vain."""
        if purse.asking is None and (purse.credit or purse.rest > 0):
            purse.asking = asyncio.create_task(self._lease(spender, purse))
        return purse.asking is not None

    async def _lease(self, spender: Spender, purse: _Purse) -> None:
        asked = max(0, purse.credit - purse.left) + self.block
        try:
            block = await self._budgets.lease(spender, asked, self.limit)
        except Unavailable:  # nothing else works then either
            granted, purse.rest = asked, self.block
        else:
            granted, purse.rest = block.granted, block.rest
            purse.ends = self._monotonic() + block.seconds
        finally:
            purse.asking = None
        purse.left += granted - purse.credit
        purse.credit = 0
