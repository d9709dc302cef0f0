"""Changes of a zone's clock, and the yearly rules that they keep to."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from booking import time_zones

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_LOOK_AHEAD = 10  # years in which a rule has to hold, so that a last Sunday is no fourth one


class Change(NamedTuple):
    """Change of a clock: the local time before it at which it comes, and the offsets before and after."""

    at: datetime
    """Without a zone, as clocks showed it before."""
    before: timedelta
    after: timedelta
    name: str

    @property
    def instant(self) -> datetime:
        return (self.at - self.before).replace(tzinfo=UTC)


class Rule(NamedTuple):
    """Weekday of a month, counted from its beginning, or -1 for the last one: 6 is Sunday."""

    month: int
    week: int
    weekday: int


@lru_cache(maxsize=4096)
def changes(zone: str, year: int) -> Sequence[Change]:
    """Return the changes of a zone's clock within a year of UTC."""
    found, day = [], datetime(year, 1, 1, tzinfo=UTC)
    while day.year == year:
        if _offset(zone, day) != _offset(zone, day + _DAY):
            found.append(_change(zone, day, day + _DAY))
        day += _DAY
    return tuple(found)


def yearly(zone: str, first: int, last: int) -> Sequence[tuple[Change, Rule]]:
    """Return the two changes of the first year with their rules; none where there are not two rules for all years."""
    years = [changes(zone, year) for year in range(first, last + 1 + _LOOK_AHEAD)]
    if any(len(one) != 2 for one in years):
        return ()
    found = []
    for same in zip(*years, strict=True):
        rule = next((one for one in _rules(same[0].at) if all(_keeps(change, one, same[0]) for change in same)), None)
        if rule is None:
            return ()
        found.append((same[0], rule))
    return found


def _rules(at: datetime) -> Sequence[Rule]:
    week = (at.day - 1) // 7 + 1
    last = at.day + 7 > monthrange(at.year, at.month)[1]
    weeks = (week, -1) if last else (week,)
    return [Rule(at.month, one, at.weekday()) for one in weeks if one < 5]


def _keeps(change: Change, rule: Rule, first: Change) -> bool:
    same = (change.at.time(), change.before, change.after) == (first.at.time(), first.before, first.after)
    return same and rule in _rules(change.at)


def _change(zone: str, before: datetime, after: datetime) -> Change:
    """Return the change between two instants, found by halving."""
    was = _offset(zone, before)
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        before, after = (middle, after) if _offset(zone, middle) == was else (before, middle)
    local = after.astimezone(time_zones.zone(zone))
    now = _offset(zone, after)
    return Change((after + was).replace(tzinfo=None), was, now, local.tzname() or zone)


def _offset(zone: str, at: datetime) -> timedelta:
    return at.astimezone(time_zones.zone(zone)).utcoffset() or timedelta()
