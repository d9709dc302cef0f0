"""Limits: how many requests a minute a person may send, and an organization, over all processes together.

Each process spends from blocks that it takes from the store's budgets in the background, so that no request waits for a
write, and whoever asks little costs none: the first half of a block is spent before anything is asked for. What is
given out in all therefore exceeds a limit by one block a process at the most.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from booking.domain.budget import WINDOW, Allowance, Spender
from booking.domain.errors import RateLimited, Unavailable
from booking.service.ports import Budgets

SHARE = 20  # of a limit are in a block
MOST_KNOWN = 20_000  # spenders that a process remembers; the one seen longest ago is forgotten first


@dataclass(frozen=True, slots=True)
class Limits:
    person: "Limit"
    organization: "Limit"


@dataclass(slots=True, kw_only=True)
class _Purse:
    """What one process has of one spender's budget in this minute; before anything was granted, a block on credit."""

    ends: float
    spent: int = 0
    granted: int | None = None
    rest: int = 0
    asking: "asyncio.Task[None] | None" = None


class Limit:
    """One limit, for any number of spenders; 0 is none."""

    def __init__(
        self, name: str, budgets: Budgets, limit: int, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = name
        self.limit = limit
        self.block = max(1, limit // SHARE)
        self._budgets = budgets
        self._monotonic = monotonic
        self._purses: dict[Spender, _Purse] = {}

    async def spend(self, spender: Spender) -> Allowance:
        """One request; RateLimited where that is one too many."""
        now = self._monotonic()
        purse = self._purse(spender, now)
        while (left := self._left(purse)) <= 0:
            if not self._ask(spender, purse):
                raise RateLimited(self._allowance(purse, 0, self._monotonic()))
            assert purse.asking is not None
            await asyncio.shield(purse.asking)
        purse.spent += 1
        left -= 1
        if left <= self.block // 2:
            self._ask(spender, purse)
        rest = self.limit - self.block if purse.granted is None else purse.rest
        return self._allowance(purse, max(0, left + rest), now)

    def _purse(self, spender: Spender, now: float) -> _Purse:
        purse = self._purses.pop(spender, None)
        if purse is None or now >= purse.ends:
            purse = _Purse(ends=now + WINDOW.total_seconds())
            if len(self._purses) >= MOST_KNOWN:
                del self._purses[next(iter(self._purses))]
        self._purses[spender] = purse
        return purse

    def _left(self, purse: _Purse) -> int:
        return (self.block if purse.granted is None else purse.granted) - purse.spent

    def _ask(self, spender: Spender, purse: _Purse) -> bool:
        """For what was spent on credit, and a block more; in the background, once at a time. False if that is vain."""
        if purse.asking is None and (purse.granted is None or purse.rest > 0):
            purse.asking = asyncio.create_task(self._lease(spender, purse))
        return purse.asking is not None

    async def _lease(self, spender: Spender, purse: _Purse) -> None:
        granted = purse.granted or 0
        asked = max(0, purse.spent - granted) + self.block
        try:
            block = await self._budgets.lease(spender, asked, self.limit)
        except Unavailable:  # nothing else works then either
            purse.granted, purse.rest = granted + asked, self.block
        else:
            purse.granted, purse.rest = granted + block.granted, block.rest
            purse.ends = self._monotonic() + block.seconds
        finally:
            purse.asking = None

    def _allowance(self, purse: _Purse, remaining: int, now: float) -> Allowance:
        return Allowance(self.name, self.limit, remaining, max(1, int(purse.ends - now) + 1))
