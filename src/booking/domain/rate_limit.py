"""Budgets: how many requests a minute somebody has been given, and what is left of them."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from booking.domain.values import Value

WINDOW = timedelta(minutes=1)


class Spender(NamedTuple):
    """A person, or with an empty `who` their organization as a whole."""

    organization_id: UUID
    who: str


class Block(Value, kw_only=True):
    """What was given, what is left for others, and until when, in seconds."""

    granted: int
    rest: int
    seconds: float

    @classmethod
    def of(cls, asked: int, *, used: int, limit: int, left: timedelta) -> "Block":
        before = used - asked
        return cls(granted=max(0, min(asked, limit - before)), rest=max(0, limit - used), seconds=left.total_seconds())


class Allowance(NamedTuple):
    """What a spender still has of the limit of that name, which is for a `window` of seconds, and in how many it begins
    anew."""

    name: str
    limit: int
    remaining: int
    reset: int
    window: int = int(WINDOW.total_seconds())
