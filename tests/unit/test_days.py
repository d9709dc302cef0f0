"""Days of a zone as spans of instants: where clocks change, and across the date line."""

from datetime import UTC, date, datetime, timedelta

import pytest

from booking import time_zones
from booking.domain.days import LONGEST_MONTH, days_between

HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "since", "hours"),
    [
        ("UTC", "2026-11-30", "2026-11-30T00:00", 24),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00", 23),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00", 25),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30", 23.5),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00", 24.5),
        ("America/Havana", "2026-03-08", "2026-03-08T05:00", 23),
        ("America/Havana", "2025-11-02", "2025-11-02T04:00", 25),
        ("Pacific/Kiritimati", "2026-11-30", "2026-11-29T10:00", 24),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00", 24),
    ],
)
def test_a_day_begins_at_its_first_instant_and_ends_at_that_of_the_next(
    zone: str, day: str, since: str, hours: float
) -> None:
    start = at(since)
    days = days_between(start, start + hours * HOUR, time_zones.zone(zone))
    assert [(one.date, one.since, one.until) for one in days] == [
        (date.fromisoformat(day), start, start + hours * HOUR)
    ]


def test_a_day_that_a_zone_left_out_is_none() -> None:
    days = days_between(at("2011-12-29T10:00"), at("2011-12-31T10:00"), time_zones.zone("Pacific/Apia"))
    assert [one.date.day for one in days] == [29, 31]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "Pacific/Apia", "UTC"])
def test_days_follow_each_other_without_a_gap_and_every_instant_is_of_its_date(zone: str) -> None:
    rules, since, until = time_zones.zone(zone), at("2026-01-01T05:17"), at("2027-01-01T09:00")
    days = days_between(since, until, rules)
    assert [days[0].since, *(one.until for one in days)] == [*(one.since for one in days), until]
    for one in days:
        last = one.until - timedelta(microseconds=1)
        assert {one.since.astimezone(rules).date(), last.astimezone(rules).date()} == {one.date}


def test_a_month_of_31_days_is_no_longer_than_what_can_be_asked_for() -> None:
    berlin = time_zones.zone("Europe/Berlin")
    since, until = (datetime(2026, month, 1, tzinfo=berlin).astimezone(UTC) for month in (10, 11))
    assert (until - since, len(days_between(since, until, berlin))) == (LONGEST_MONTH, 31)


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati"])
def test_there_are_no_days_beyond_the_calendar_and_none_of_no_time(zone: str) -> None:
    ends = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    for end in ends:
        assert days_between(end, end, time_zones.zone(zone)) == []
    assert len(days_between(ends[1] - timedelta(days=5), ends[1], time_zones.zone(zone))) in (2, 3)
    assert days_between(at("2026-01-02"), at("2026-01-01"), time_zones.zone(zone)) == []
