"""Handing on what happened: at least once, in order per booking, for three days, and then by an operator's word."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from booking.domain.events import Recorded
from booking.domain.values import Value

PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (1, 5, 15, 60, 300, 900, 3_600, 7_200, 14_400, 28_800, 43_200, 57_600, 64_800, 64_800)
)
"""After each failed attempt; three days and some hours in all, so that an outage over a weekend kills nothing (T63)."""

JITTER = 0.2
"""The share of a pause by which it may be longer, so that what failed together does not come back together."""


class Delivery(Value, kw_only=True):
    """An event to hand on, under a lease. `token` fences it: whoever's token is not the newest has nothing to say."""

    recorded: Recorded
    position: int
    attempts: int
    token: int


class Taken(Value, kw_only=True):
    """How many events got their position, and what is to be handed on: of those, and of what is due again."""

    placed: int
    deliveries: Sequence[Delivery]


class DeadDelivery(Value, kw_only=True):
    """What could not be handed on in three days, and why at last."""

    recorded: Recorded
    position: int
    attempts: int
    reason: str
    died_at: datetime


def pause_after(attempts: int, chance: float) -> timedelta | None:
    """How long to wait after so many failed attempts; None where it is dead. `chance` is from 0 to 1."""
    if attempts > len(PAUSES):
        return None
    return PAUSES[attempts - 1] * (1 + JITTER * chance)
