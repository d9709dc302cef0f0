"""Limits: how many requests a minute a person may send, and an organization, over all processes together.

Each process spends from blocks that it takes from the store's budgets in the background, so that no request waits for a
write, and whoever asks little costs none: the first half of a block is spent before anything is asked for. What is
given out in all therefore exceeds a limit by one block a process at the most.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from booking.domain.errors import RateLimited, Unavailable

if TYPE_CHECKING:
    from booking.service.ports import Budgets

WINDOW = timedelta(minutes=1)
SHARE = 20  # of a limit are in a block
MOST_KNOWN = 20_000  # spenders that a process remembers; the one seen longest ago is forgotten first


@dataclass(frozen=True, slots=True)
class Spender:
    """A person, or with an empty `who` their organization as a whole."""

    organization_id: UUID
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What was given, what is left for others, and until when, in seconds."""

    granted: int
    rest: int
    seconds: float

    @classmethod
    def of(cls, asked: int, *, used: int, limit: int, left: timedelta) -> "Block":
        before = used - asked
        return cls(granted=max(0, min(asked, limit - before)), rest=max(0, limit - used), seconds=left.total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a spender still has, and in how many seconds it begins anew."""

    limit: int
    remaining: int
    reset: int


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

    def __init__(self, budgets: "Budgets", limit: int, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self.block = max(1, limit // SHARE)
        self._budgets = budgets
        self._monotonic = monotonic
        self._purses: OrderedDict[Spender, _Purse] = OrderedDict()

    async def spend(self, spender: Spender) -> Allowance:
        """One request; RateLimited where that is one too many."""
        purse = self._purse(spender)
        while self._left(purse) <= 0:
            if not self._ask(spender, purse):
                raise RateLimited(self._reset(purse))
            assert purse.asking is not None
            await asyncio.shield(purse.asking)
        purse.spent += 1
        if self._left(purse) <= self.block // 2:
            self._ask(spender, purse)
        rest = self.limit - self.block if purse.granted is None else purse.rest
        return Allowance(limit=self.limit, remaining=max(0, self._left(purse) + rest), reset=self._reset(purse))

    def _purse(self, spender: Spender) -> _Purse:
        purse = self._purses.get(spender)
        if purse is None or self._monotonic() >= purse.ends:
            purse = self._purses[spender] = _Purse(ends=self._monotonic() + WINDOW.total_seconds())
        self._purses.move_to_end(spender)
        if len(self._purses) > MOST_KNOWN:
            self._purses.popitem(last=False)
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

    def _reset(self, purse: _Purse) -> int:
        return max(1, int(purse.ends - self._monotonic()) + 1)
