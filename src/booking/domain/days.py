"""Days of a time zone, as spans of instants. The only place where days are computed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from uuid import UUID

from booking.domain.values import Value

LONGEST_MONTH = timedelta(days=31, hours=1)
"""31 days of a zone: the longest of them have an hour more, when a clock is put back."""

_FIRST, _LAST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)
"""What has a date in every zone, and a day after it."""


class Day(Value, kw_only=True):
    """Local day: `since <= instant < until`."""

    date: date
    since: datetime
    until: datetime


def days_between(since: datetime, until: datetime, zone: tzinfo) -> Sequence[Day]:
    """Return the days of a zone that have some of this time, the first and the last one cut to it.

    Why instants: a day has 23 or 25 hours where a clock is changed, and a zone that crosses the date line lacks one.
    """
    days: list[Day] = []
    since, until = max(since, _FIRST), min(until, _LAST)
    if since >= until:
        return days
    day, begin = since.astimezone(zone).date(), since
    while begin < until:
        end = min(_start(day + timedelta(days=1), zone), until)
        if begin < end:
            days.append(Day(date=day, since=begin, until=end))
        day, begin = day + timedelta(days=1), max(begin, end)
    return days


def _start(day: date, zone: tzinfo) -> datetime:
    """Return the first instant of a day; where midnight is left out, the instant at which the clock is put on."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


class DayAtPlace(Value, kw_only=True):
    """Local day at a property."""

    organization_id: UUID
    property_id: UUID
    time_zone: str
    day: Day


class DayCounts(Value, kw_only=True):
    """Numbers of slots of a day at a property, and the first and last start of a free one."""

    place: DayAtPlace
    free: int
    full: int
    held: int
    first_free: datetime | None
    last_free: datetime | None
