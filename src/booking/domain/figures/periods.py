"""Periods of figures, and the days, weeks, hours and months of a zone in them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from booking.domain.days import days_between
from booking.domain.values import Value

LONGEST = timedelta(days=366, hours=1)
"""A leap year of a zone whose clock is put back in it."""

QUARTER = timedelta(minutes=15)

_FIRST, _LAST = datetime(1, 2, 2, tzinfo=UTC), datetime(9999, 11, 30, tzinfo=UTC)
"""What has a date in every zone, and a month before and after it."""


class ReportGroup(StrEnum):
    DAY = "day"
    WEEK = "week"
    PROPERTY = "property"
    AGENT = "agent"
    HOUR = "hour"


class Period(Value, kw_only=True):
    """Time in whole quarters of an hour: `since <= instant < until`."""

    since: datetime
    until: datetime

    @classmethod
    def around(cls, since: datetime, until: datetime) -> "Period":
        """Return the quarters of an hour that have some of this time."""
        since, until = max(since, _FIRST), min(until, _LAST)
        first, last = _quarter(since), _quarter(until)
        return cls(since=first, until=last if last == until else last + QUARTER)


class Span(Value, kw_only=True):
    """Instant from which on, until the next one begins, everything is of `key`: a date, or an hour of the day."""

    since: datetime
    key: Any


def spans(period: Period, group: ReportGroup, zone: tzinfo) -> Sequence[Span]:
    """Return the days, the weeks by their Mondays, or the hours of the day that a period has, in order."""
    if group is ReportGroup.HOUR:
        return list(_hours(period, zone))
    found: list[Span] = []
    for day in days_between(period.since, period.until, zone):
        key = day.date if group is ReportGroup.DAY else day.date - timedelta(days=day.date.weekday())
        if not found or found[-1].key != key:
            found.append(Span(since=day.since, key=key))
    return found


def _hours(period: Period, zone: tzinfo) -> Iterator[Span]:
    """Yield hours of the zone's clock; in quarters where the clock is changed before the next full hour."""
    at = period.since
    while at < period.until:
        local = at.astimezone(zone)
        yield Span(since=at, key=local.hour)
        full = at + timedelta(hours=1) - timedelta(minutes=local.minute, seconds=local.second)
        at = full if full.astimezone(zone).utcoffset() == local.utcoffset() else at + QUARTER


def months(period: Period, zone: tzinfo) -> Sequence[datetime]:
    """Return the beginnings of the months of a zone that a period is made of; none unless it is made of whole ones."""
    first, found, at = period.since.astimezone(zone), [], period.since
    year, month = first.year, first.month
    while at < period.until:
        found.append(at)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        at = datetime.combine(date(year, month, 1), time(), zone).astimezone(UTC)
    begins = datetime.combine(first.date().replace(day=1), time(), zone).astimezone(UTC)
    return found if at == period.until and begins == period.since else ()


def _quarter(at: datetime) -> datetime:
    at = at.astimezone(UTC)
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
