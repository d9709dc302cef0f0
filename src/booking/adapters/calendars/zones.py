"""Zones of calendars, as RFC 5545 wants them and Outlook takes them.

Why yearly rules: Outlook passes over lists of dates (RDATE), which the library would write.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from booking import time_zones
from booking.adapters.calendars.changes import Change, Rule, changes, yearly

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the local time of a zone
LOOK_BACK = 3
"""Years: a clock that was not changed for so long stands still."""
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@lru_cache(maxsize=1024)
def written(zone: str, first: int, last: int) -> Timezone:
    """Write a zone for all times from the beginning of one year to the end of another."""
    found: Sequence[tuple[Change, Rule | None]] = yearly(zone, first - 1, last)
    if not found:
        found = [(one, None) for one in _each(zone, first, last)]
    # One has to be the standard: a clock that is only ever put forward has no other.
    back = any(change.after < change.before for change, _ in found)
    component = Timezone()
    component.add("TZID", zone)
    for change, rule in found:
        daylight = back and change.after > change.before
        component.add_component(_observance(change, rule, daylight=daylight))
    return component


def _each(zone: str, first: int, last: int) -> Sequence[Change]:
    """Return the offset at the beginning, by its last change if there was one lately, and all changes until the end."""
    years = [change for year in range(first - LOOK_BACK, last + 1) for change in changes(zone, year)]
    begin = datetime(first, 1, 1, tzinfo=UTC)
    before = [change for change in years if change.instant <= begin]
    return [*(before[-1:] or [_standing(zone, begin)]), *years[len(before) :]]


def _standing(zone: str, at: datetime) -> Change:
    local = at.astimezone(time_zones.zone(zone))
    offset = local.utcoffset() or timedelta()
    return Change(EPOCH, offset, offset, local.tzname() or zone)


def _observance(change: Change, rule: Rule | None, *, daylight: bool) -> TimezoneStandard | TimezoneDaylight:
    component = TimezoneDaylight() if daylight else TimezoneStandard()
    component.add("DTSTART", change.at)
    if rule is not None:
        by_day = f"{rule.week}{WEEKDAYS[rule.weekday]}"
        component.add("RRULE", {"FREQ": "YEARLY", "BYMONTH": rule.month, "BYDAY": by_day})
    component.add("TZOFFSETFROM", change.before)
    component.add("TZOFFSETTO", change.after)
    component.add("TZNAME", change.name)
    return component
