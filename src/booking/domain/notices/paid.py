"""Paid messages: how many of an organization are granted on a day."""

import math

from booking.domain.notices.refusals import TooManyPaidMessages
from booking.domain.rate_limit import Allowance

DAY_SECONDS = 86_400


def granted(asked: int, *, used: int, cap: int) -> int:
    """Return how many of these messages are within the day's cap, where `used` counts them already; 0 has no cap."""
    return asked if cap == 0 else max(0, min(asked, cap - (used - asked)))


def none_left(cap: int, seconds: float) -> TooManyPaidMessages:
    return TooManyPaidMessages(Allowance("paid messages", cap, 0, max(1, math.ceil(seconds)), DAY_SECONDS))
