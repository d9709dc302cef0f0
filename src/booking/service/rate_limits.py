"""Rate limits over all processes: requests a minute of a person, of an organization, and writes of a person.

Each process spends from blocks that it leases from the store's budgets in the background. Why: no request waits for a
write, and a spender of few requests costs none, for the first half of a block is spent before the first lease. So a
limit is exceeded by one block a process at the most.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from booking.domain.people.caller import Caller
from booking.domain.rate_limit import WINDOW, Allowance, Block, Spender
from booking.domain.refusals import RateLimited, Unavailable
from booking.service.ports import Lease

SHARE = 20  # of a limit are in a block
MOST_KNOWN = 20_000  # spenders in the memory of a process; the one whose minute began first makes room


ANYWHERE = UUID(int=0)
"""Placeholder for the organization: requests of a person are counted before identification."""

AGENTS = 10  # times as many writes as an applicant's are an agent's
ITEMS = 10  # of a batch are one write


def cost_of(items: int) -> int:
    """Return the cost of a batch, in writes."""
    return max(1, -(-items // ITEMS))


class Budgets(Protocol):
    async def lease(self, spender: Spender, count: int, limit: int) -> Block:
        """Lease requests of this minute from the budget that all processes share, as far as the limit allows."""

    async def forget(self, lease: Lease) -> int:
        """Delete some minutes that are over; return their number."""


@dataclass(frozen=True, slots=True)
class Limits:
    person: "Limit"
    organization: "Limit"
    writes: "Limit"
    agents_writes: "Limit"

    @classmethod
    def of(cls, budgets: Budgets, *, person: int, organization: int, writes: int) -> "Limits":
        """Make the limits from requests a minute; 0 means unlimited. `writes`: an applicant's."""
        return cls(
            Limit("person", budgets, person),
            Limit("organization", budgets, organization),
            Limit("writes", budgets, writes),
            Limit("writes", budgets, AGENTS * writes),
        )

    def writes_of(self, caller: Caller) -> "Limit":
        return self.writes if caller.agent is None else self.agents_writes


@dataclass(slots=True, kw_only=True)
class LocalBudget:
    """Share of one process in one spender's budget of this minute.

    `left`: unspent requests, below 0 if more was spent on credit than was granted; `rest`: requests that are still to
    be leased, by any process; `credit`: requests that may be spent before the first lease.
    """

    ends: float
    left: int
    rest: int
    credit: int
    leasing: "asyncio.Task[None] | None" = None


class Limit:
    """Limit for any number of spenders; 0 means unlimited."""

    def __init__(
        self, name: str, budgets: Budgets, limit: int, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = name
        self.limit = limit
        self.block = max(1, limit // SHARE)
        self._low = self.block // 2
        self._budgets = budgets
        self._monotonic = monotonic
        self._local: dict[tuple[UUID, str], LocalBudget] = {}

    async def spend(self, spender: Spender, cost: int = 1) -> Allowance:
        """Spend the cost of a request; raise RateLimited if it exceeds the limit."""
        while (allowance := self.spend_at_hand(*spender, cost)) is None:
            budget = self._local[spender]
            if not self._begin_lease(spender, budget):
                reset = int(budget.ends - self._monotonic()) + 1
                raise RateLimited(Allowance(self.name, self.limit, 0, max(1, reset)))
            assert budget.leasing is not None
            await asyncio.shield(budget.leasing)
        return allowance

    def spend_at_hand(self, organization_id: UUID, who: str, cost: int = 1) -> Allowance | None:
        """Spend from the local budget; return None if that is too small, and a lease is needed."""
        now = self._monotonic()
        budget = self._local.get((organization_id, who))
        if budget is None or now >= budget.ends:
            budget = self._open(Spender(organization_id, who), now)
        if budget.left < cost:
            return None
        budget.left -= cost
        if budget.left <= self._low:
            self._begin_lease(Spender(organization_id, who), budget)
        return Allowance(self.name, self.limit, budget.left + budget.rest, int(budget.ends - now) + 1)

    def _open(self, spender: Spender, now: float) -> LocalBudget:
        self._local.pop(spender, None)
        if len(self._local) >= MOST_KNOWN:
            del self._local[next(iter(self._local))]
        budget = LocalBudget(
            ends=now + WINDOW.total_seconds(), left=self.block, rest=self.limit - self.block, credit=self.block
        )
        self._local[spender] = budget
        return budget

    def _begin_lease(self, spender: Spender, budget: LocalBudget) -> bool:
        """Begin a lease in the background, if none is under way; return False if nothing is left to lease."""
        if budget.leasing is None and (budget.credit or budget.rest > 0):
            budget.leasing = asyncio.create_task(self._lease(spender, budget))
        return budget.leasing is not None

    async def _lease(self, spender: Spender, budget: LocalBudget) -> None:
        count = max(0, budget.credit - budget.left) + self.block
        try:
            block = await self._budgets.lease(spender, count, self.limit)
        except Unavailable:  # nothing else works then either
            granted, budget.rest = count, self.block
        else:
            granted, budget.rest = block.granted, block.rest
            budget.ends = self._monotonic() + block.seconds
        finally:
            budget.leasing = None
        budget.left += granted - budget.credit
        budget.credit = 0
