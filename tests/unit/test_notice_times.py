"""Due times by the clock of a zone, over the days on which it is changed."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking import time_zones
from booking.domain.notices.plan import QuietHours
from booking.domain.notices.times import (
    LATE,
    DueTime,
    after_quiet_hours,
    agent_day_due,
    before_quiet_hours,
    day_of,
    due,
    offer_ending_due,
    reminder_due,
)

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
CHANGES = {
    "Europe/Lisbon": ("2027-03-28", "2027-10-31"),
    "America/New_York": ("2027-03-14", "2027-11-07"),
    "Australia/Lord_Howe": ("2027-04-04", "2027-10-03"),
    "Asia/Beirut": ("2027-03-28", "2027-10-31"),
    "Atlantic/Azores": ("2027-03-28", "2027-10-31"),
}
"""Zones, and days on which their clocks are changed: at midnight in Beirut, by half an hour on Lord Howe."""
AROUND = [(zone, date.fromisoformat(day)) for zone, days in CHANGES.items() for day in days]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
NIGHT = QuietHours(since=time(21), until=time(8))

moments = st.tuples(st.sampled_from(AROUND), st.integers(-2 * 24 * 60, 3 * 24 * 60)).map(
    lambda found: (
        found[0][0],
        datetime.combine(found[0][1], time(12), UTC) + timedelta(minutes=found[1]),
    )
)
quiet_hours = st.builds(
    QuietHours,
    since=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    until=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "start", "reminded"),
    [
        ("UTC", "2027-06-10T10:00", "2027-06-09T10:00"),
        ("Europe/Lisbon", "2027-03-28T09:00", "2027-03-27T10:00"),  # ten o'clock on both days
        ("Europe/Lisbon", "2027-10-31T10:00", "2027-10-30T09:00"),
        ("Asia/Beirut", "2027-03-28T07:00", "2027-03-27T08:00"),
        ("Australia/Lord_Howe", "2027-10-02T23:30", "2027-10-02T00:00"),
    ],
)
def test_a_day_before_is_the_same_time_of_the_day_before(zone: str, start: str, reminded: str) -> None:
    found = reminder_due(at(start), 24 * HOUR, planned_at=LONG_AGO, quiet=None, zone=time_zones.zone(zone))
    assert found == DueTime(at=at(reminded), not_after=at(reminded) + LATE)


def test_hours_before_are_hours_and_nothing_is_sent_after_the_start() -> None:
    lisbon, start = time_zones.zone("Europe/Lisbon"), at("2027-03-28T02:00")
    found = reminder_due(start, 2 * HOUR, planned_at=LONG_AGO, quiet=None, zone=lisbon)
    assert found == DueTime(at=start - 2 * HOUR, not_after=start)
    assert reminder_due(start, 2 * HOUR, planned_at=start - 2 * HOUR, quiet=None, zone=lisbon) is None


def test_reminders_come_before_quiet_hours_and_the_rest_after_them() -> None:
    lisbon = time_zones.zone("Europe/Lisbon")
    found = reminder_due(at("2027-06-10T08:00"), 2 * HOUR, planned_at=LONG_AGO, quiet=NIGHT, zone=lisbon)
    assert found is not None
    assert found.at == at("2027-06-09T19:59")
    evening = at("2027-06-09T21:00")
    assert after_quiet_hours(evening, NIGHT, lisbon) == at("2027-06-10T07:00")
    assert after_quiet_hours(evening, NIGHT, lisbon, None, at("2027-06-10T07:00")) == evening
    assert after_quiet_hours(evening, None, lisbon) == evening
    noon = at("2027-06-09T11:00")
    assert (after_quiet_hours(noon, NIGHT, lisbon), before_quiet_hours(noon, NIGHT, lisbon)) == (noon, noon)


@given(moments, quiet_hours)
def test_nothing_is_moved_into_quiet_hours_or_by_more_than_two_days(
    found: tuple[str, datetime], quiet: QuietHours
) -> None:
    zone, moment = time_zones.zone(found[0]), found[1]
    later, earlier = after_quiet_hours(moment, quiet, zone), before_quiet_hours(moment, quiet, zone)
    for moved in (later, earlier):
        assert moved.astimezone(zone).time() not in quiet
    assert moment <= later <= moment + 50 * HOUR
    assert moment >= earlier >= moment - 50 * HOUR


def test_where_the_only_minutes_that_are_not_quiet_are_left_out_by_a_clock_the_day_beyond_is_taken() -> None:
    """On 14 March there is no time from two till three in New York."""
    york, quiet = time_zones.zone("America/New_York"), QuietHours(since=time(2, 30), until=time(2, 10))
    noon = at("2027-03-14T16:00")
    assert after_quiet_hours(noon, quiet, york) == at("2027-03-15T06:10")
    assert before_quiet_hours(noon, quiet, york) == at("2027-03-13T07:29")
    assert after_quiet_hours(at("2027-03-13T16:00"), quiet, york) == at("2027-03-15T06:10")
    assert before_quiet_hours(at("2027-03-15T05:00"), quiet, york) == at("2027-03-13T07:29")


@given(
    moments, st.timedeltas(MINUTE, 14 * 24 * HOUR), st.timedeltas(timedelta(0), 20 * 24 * HOUR), st.none() | quiet_hours
)
def test_a_reminder_comes_after_it_is_planned_and_before_the_start(
    found: tuple[str, datetime], before: timedelta, ahead: timedelta, quiet: QuietHours | None
) -> None:
    zone, start = time_zones.zone(found[0]), found[1]
    reminder = reminder_due(start, before, planned_at=start - ahead, quiet=quiet, zone=zone)
    if reminder is not None:
        assert start - ahead < reminder.at < reminder.not_after <= min(start, reminder.at + LATE)
        days = before // (24 * HOUR)
        wall = (start.astimezone(zone) - timedelta(days=days)).astimezone(UTC) if days else start
        assert quiet is not None or reminder.at == wall - (before - days * 24 * HOUR)


def test_what_is_over_is_not_due() -> None:
    noon = at("2027-06-09T12:00")
    assert due(noon, noon) is None
    assert due(noon, noon + MINUTE, None) == DueTime(at=noon, not_after=noon + MINUTE)
    assert due(noon) == DueTime(at=noon, not_after=noon + LATE)


def test_the_end_of_an_offer_is_told_when_a_quarter_is_left_an_hour_at_most_and_not_of_a_short_one() -> None:
    noon = at("2027-06-09T12:00")
    ends = [offer_ending_due(noon, noon + one) for one in (HOUR, 24 * HOUR, 20 * MINUTE, 19 * MINUTE)]
    assert [one and (one.at - noon, one.not_after - noon) for one in ends] == [
        (45 * MINUTE, HOUR),
        (23 * HOUR, 24 * HOUR),
        (15 * MINUTE, 20 * MINUTE),
        None,
    ]


def test_the_day_of_an_agent_begins_at_seven_by_the_organizations_clock() -> None:
    azores, start = time_zones.zone("Atlantic/Azores"), at("2027-06-10T00:30")
    day, since, until = day_of(start, azores)
    assert (day, since, until) == (date(2027, 6, 10), at("2027-06-10T00:00"), at("2027-06-11T00:00"))
    noon, seven = at("2027-06-10T12:00"), at("2027-06-10T07:00")
    found = agent_day_due(day, [noon], planned_at=LONG_AGO, quiet=None, zone=azores)
    assert found == DueTime(at=seven, not_after=seven + LATE)
    assert agent_day_due(day, [noon], planned_at=seven, quiet=None, zone=azores) is None


@pytest.mark.parametrize(
    ("first", "due_at"),
    [
        ("12:00", "07:30"),  # 08:30 in Lisbon: the end of the night
        ("07:31", "07:30"),
        ("07:30", "06:00"),  # to wait would be to come after the start
        ("06:40", "05:40"),
        ("00:10", "23:10"),
    ],
)
def test_the_day_of_an_agent_waits_for_the_end_of_quiet_hours_but_not_beyond_its_first_visit(
    first: str, due_at: str
) -> None:
    lisbon, day = time_zones.zone("Europe/Lisbon"), date(2027, 6, 10)
    starts = [at(f"2027-06-10T{one}") for one in ("19:00", first)]
    night = QuietHours(since=time(1), until=time(8, 30))
    found = agent_day_due(day, starts, planned_at=LONG_AGO, quiet=night, zone=lisbon)
    assert found is not None
    assert f"{found.at:%H:%M}" == due_at
