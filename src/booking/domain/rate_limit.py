"""Rate limits: budgets of requests a minute, and the blocks that are leased from them."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from booking.domain.values import Value

WINDOW = timedelta(minutes=1)


class Spender(NamedTuple):
    """Person in an organization; with an empty `who`, the organization as a whole."""

    organization_id: UUID
    who: str


class Block(Value, kw_only=True):
    """Lease of requests: granted ones, the rest for others, and the seconds until the minute ends."""

    granted: int
    rest: int
    seconds: float

    @classmethod
    def of(cls, asked: int, *, used: int, limit: int, left: timedelta) -> "Block":
        before = used - asked
        return cls(granted=max(0, min(asked, limit - before)), rest=max(0, limit - used), seconds=left.total_seconds())


class Allowance(NamedTuple):
    """Remaining requests of a limit with that name, `reset` seconds before its `window` begins anew."""

    name: str
    limit: int
    remaining: int
    reset: int
    window: int = int(WINDOW.total_seconds())
