"""Busy times of a calendar that an agent keeps elsewhere, by the library recurring-ical-events.

Titles, places and people are not looked at. A calendar is anybody's work: what would take long ends unread.
"""

import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from booking import time_zones
from booking.domain.planning.agent_calendar import MOST_OCCURRENCES, Busy, merged
from booking.service.planning.agent_calendars import Unreadable

PATIENCE = 15.0  # seconds of this thread's processor
FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
WITHIN_A_DAY = {"BYHOUR", "BYMINUTE", "BYSECOND"}
A_ZONE = timedelta(days=2)  # more than any two zones are apart
FOR_EVER = timedelta(days=1000)  # more than is looked at

_REPEATED = re.compile(rb"^(?:RRULE|RDATE|RECURRENCE-ID|DURATION)\b", re.MULTILINE)
_LAST_DAY = re.compile(rb"^DTEND\b[^\r\n]*:(\d{8})", re.MULTILINE)


def busy_times(content: bytes, zone: str, since: datetime, until: datetime) -> Sequence[Busy]:
    """Return when a calendar is busy, the first 2,000 times, merged; Unreadable. Whole days are days in that zone."""
    local = time_zones.zone(zone)
    try:
        with _patience():
            calendar = Calendar.from_ical(_coming(content, since))
            _require_bounded(calendar)
            _bound_ends(calendar, until)
            events = recurring_ical_events.of(calendar, skip_bad_series=True).between(since, until)
            found = sorted(_time(event, local) for event in events if _is_busy(event))
    except Unreadable:
        raise
    except Exception:  # the libraries have many, with words of the calendar in their messages
        raise Unreadable from None
    return merged([one for one in found if max(one.start_time, since) < one.end_time][:MOST_OCCURRENCES])


@contextmanager
def _patience() -> Iterator[None]:
    """Raise Unreadable in any call, also of a library, once this thread has worked for too long."""
    end = time.thread_time() + PATIENCE

    def watch(*_: object) -> None:
        if time.thread_time() > end:
            raise Unreadable

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(before)


def _coming(content: bytes, since: datetime) -> bytes:
    """Leave out single events that are over, as most of a calendar are, before anything takes them apart."""
    over = f"{since - A_ZONE:%Y%m%d}".encode()
    head, *events = content.split(b"\nBEGIN:VEVENT")
    kept = [head]
    for event in events:
        of, end, rest = event.partition(b"\nEND:VEVENT")
        last = _LAST_DAY.search(of)
        past = end and last and last[1] < over and not _REPEATED.search(of)
        kept.append(rest.rstrip(b"\r") if past else b"\nBEGIN:VEVENT" + event)
    return b"".join(kept)


def _require_bounded(calendar: Any) -> None:
    """Raise Unreadable where an event is to happen more than once a day."""
    for event in calendar.walk("VEVENT"):
        rules = event.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            named = {str(name).upper(): value for name, value in rule.items()}
            if not {str(one).upper() for one in named.get("FREQ", ())} <= FREQUENCIES or named.keys() & WITHIN_A_DAY:
                raise Unreadable


def _bound_ends(calendar: Any, until: datetime) -> None:
    """End within the calendar of the library what goes on for ever, such as until the year 9999."""
    for event in calendar.walk("VEVENT"):
        end, lasts = event.get("DTEND"), event.get("DURATION")
        if isinstance(getattr(end, "dt", None), date) and end.dt.year > until.year + 1:
            end.dt = end.dt.replace(year=until.year + 2, month=1, day=1)
        if isinstance(getattr(lasts, "dt", None), timedelta):
            lasts.dt = min(lasts.dt, FOR_EVER)


def _is_busy(event: Any) -> bool:
    return (
        str(event.get("TRANSP", "OPAQUE")).upper() != "TRANSPARENT"
        and str(event.get("STATUS", "CONFIRMED")).upper() != "CANCELLED"
    )


def _time(event: Any, local: ZoneInfo) -> Busy:
    return Busy(_instant(event["DTSTART"].dt, local), _instant(event["DTEND"].dt, local))


def _instant(moment: date, local: ZoneInfo) -> datetime:
    """Return a moment as an instant; without a zone it is one of the agency's, and a day begins with it."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, clock_time())
    return (moment.replace(tzinfo=local) if moment.tzinfo is None else moment).astimezone(UTC)
