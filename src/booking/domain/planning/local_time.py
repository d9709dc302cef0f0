"""Local times as instants, where clocks are put on and back too. The only place where schedules convert them."""

from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import NamedTuple


class ClockChange(StrEnum):
    """Treatment of a local time on the day of a clock change, by RFC 5545, section 3.3.5.

    A time that is left out is read with the offset before the gap, so it is later by the length of the gap. A time that
    comes twice is the first one.
    """

    GAP_SHIFTED = "gap_shifted"
    FOLD_FIRST = "fold_first"


class Instant(NamedTuple):
    at: datetime
    treated: ClockChange | None


def instant_of(local: datetime, zone: tzinfo) -> Instant:
    """Return the instant of a naive local time, in UTC, and how a clock change was treated."""
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    at = first.astimezone(UTC)
    if first.utcoffset() == second.utcoffset():
        return Instant(at, None)
    exists = at.astimezone(zone).replace(tzinfo=None) == local
    return Instant(at, ClockChange.FOLD_FIRST if exists else ClockChange.GAP_SHIFTED)
