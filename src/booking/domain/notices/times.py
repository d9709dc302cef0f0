"""Due times of notices, by the clock of a zone. The only place where they are computed."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from booking.domain.notices.plan import QuietHours
from booking.domain.values import Value

LATE = timedelta(hours=6)
"""Nothing is sent that is later than this: after an outage, people are not told of this morning."""

SOON = timedelta(hours=24)
"""Changes of visits that start within this time do not wait for the end of quiet hours."""

DAY_BEGINS = time(7)
"""Local time at which an agent hears of the day's visits."""

DAY_AHEAD = timedelta(hours=1)
"""Time before the first of them, if that is earlier."""

SHORTEST_WARNING, LONGEST_WARNING = timedelta(minutes=5), timedelta(hours=1)
"""Time that is left when a person is told of the end of an offer: a quarter of it, within these."""

_DAY = timedelta(days=1)


SKIPPED_TOGETHER = timedelta(minutes=5)
"""Slots that schedules skip within the same five minutes are told of together."""


class DueTime(Value, kw_only=True):
    """Time from which a notice is sent, and time from which it is not sent any more."""

    at: datetime
    not_after: datetime


def due(at: datetime, *ends: datetime | None) -> DueTime | None:
    """Return the due time of a notice that is wanted at an instant; None where it would be over by then."""
    not_after = min([at + LATE, *(end for end in ends if end is not None)])
    return DueTime(at=at, not_after=not_after) if at < not_after else None


def after_quiet_hours(at: datetime, quiet: QuietHours | None, zone: tzinfo, *ends: datetime | None) -> datetime:
    """Return the instant, or the end of the quiet hours that it is in; the instant where that would be over by then."""
    if not _is_quiet(at, quiet, zone):
        return at
    assert quiet is not None
    untils = sorted(_instants(at.astimezone(zone).date(), quiet.until, zone, (0, 1, 2)))
    end = next(one for one in untils if one > at and not _is_quiet(one, quiet, zone))
    return end if due(end, *ends) else at


def before_quiet_hours(at: datetime, quiet: QuietHours | None, zone: tzinfo) -> datetime:
    """Return the instant, or the last minute before the quiet hours that it is in."""
    if not _is_quiet(at, quiet, zone):
        return at
    assert quiet is not None
    begins = sorted(_instants(at.astimezone(zone).date(), quiet.since, zone, (-2, -1, 0)), reverse=True)
    last = (one - timedelta(minutes=1) for one in begins if one <= at)
    return next(one for one in last if not _is_quiet(one, quiet, zone))


def reminder_due(
    start: datetime, before: timedelta, *, planned_at: datetime, quiet: QuietHours | None, zone: tzinfo
) -> DueTime | None:
    """Return when to remind of a visit; None where that is past when it is planned.

    Why: a visit that is booked two hours ahead is none of tomorrow.
    """
    days, hours = divmod(before, _DAY)
    at = before_quiet_hours(_days_before(start, days, zone) - hours, quiet, zone)
    return due(at, start) if planned_at < at else None


def answer_due(start: datetime, before: timedelta, *, planned_at: datetime) -> DueTime | None:
    """Return the deadline of an answer whether an applicant is coming; None where that is past when it is planned."""
    return due(start - before, start) if planned_at < start - before else None


def offer_ending_due(made_at: datetime, deadline: datetime) -> DueTime | None:
    """Return when to tell that an offer is about to end; None of a short one."""
    left = min((deadline - made_at) / 4, LONGEST_WARNING)
    return due(deadline - left, deadline) if left >= SHORTEST_WARNING else None


def agent_day_due(
    day: date, starts: Iterable[datetime], *, planned_at: datetime, quiet: QuietHours | None, zone: tzinfo
) -> DueTime | None:
    """Return when an agent hears of a day's visits, before the first of them starts; None where that is past."""
    first = min(starts)
    at = min(datetime.combine(day, DAY_BEGINS, zone).astimezone(UTC), first - DAY_AHEAD)
    at = after_quiet_hours(at, quiet, zone, first)
    return due(at) if planned_at < at else None


def skipped_until(at: datetime) -> datetime:
    """Return the end of the minutes whose skipped slots are told of together; it is later than the instant."""
    begun = (at - datetime.min.replace(tzinfo=UTC)) % SKIPPED_TOGETHER
    return at - begun + SKIPPED_TOGETHER


def day_of(at: datetime, zone: tzinfo) -> tuple[date, datetime, datetime]:
    """Return the local day of an instant, and where it begins and ends."""
    day = at.astimezone(zone).date()
    since, until = (datetime.combine(day + timedelta(days=one), time(), zone).astimezone(UTC) for one in (0, 1))
    return day, since, until


def _days_before(start: datetime, days: int, zone: tzinfo) -> datetime:
    """Return the same time of an earlier day, wherever a clock was changed in between."""
    local = start.astimezone(zone)
    return (local - timedelta(days=days)).astimezone(UTC) if days else start


def _is_quiet(at: datetime, quiet: QuietHours | None, zone: tzinfo) -> bool:
    return quiet is not None and at.astimezone(zone).time() in quiet


def _instants(day: date, at: time, zone: tzinfo, days: Iterable[int]) -> Iterable[datetime]:
    """Return the instants of a local time on some days: where a clock is changed it may be two, or one beside it."""
    return (
        datetime.combine(day + timedelta(days=one), at.replace(fold=fold), zone).astimezone(UTC)
        for one in days
        for fold in (0, 1)
    )
