"""Rules of RFC 5545: read, written, expanded beside dateutil, and refused with the reason."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from booking.domain.fault import FaultCode
from booking.domain.planning import content_lines
from booking.domain.planning.recurrence import Frequency, Recurrence
from booking.domain.refusals import InvalidRequest
from booking.domain.values import replace
from booking.domain.weekday import Weekday
from tests.support import schedule_oracle as oracle

MONDAY = datetime.fromisoformat("2027-03-01T09:00")
DATES = ",".join(f"{MONDAY + timedelta(days=day):%Y%m%dT%H%M%S}" for day in range(367))


def days(lines: Sequence[str], *, most: int = 60) -> Sequence[int]:
    """Days after the start on which there is an occurrence."""
    found = content_lines.read(MONDAY, lines).occurrences(MONDAY, MONDAY + timedelta(days=most))
    return [(one - MONDAY).days for one in found]


def test_a_rule_is_read_and_written() -> None:
    lines = [
        "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;INTERVAL=2;COUNT=10",
        "EXDATE:20270303T090000",
        "RDATE:20270305T100000,20270306T090000",
    ]
    found = content_lines.read(MONDAY, lines)
    assert found == Recurrence(
        start=MONDAY,
        frequency=Frequency.WEEKLY,
        interval=2,
        by_day=(Weekday.MO, Weekday.WE),
        count=10,
        exdates=(datetime.fromisoformat("2027-03-03T09:00"),),
        rdates=(datetime.fromisoformat("2027-03-05T10:00"), datetime.fromisoformat("2027-03-06T09:00")),
    )
    assert content_lines.written(found) == lines


def test_equal_rules_are_written_alike() -> None:
    lines = [
        "RDATE:20270306T090000",
        "RRULE:INTERVAL=1;UNTIL=20271231T235959;WKST=MO;BYDAY=WE,MO;FREQ=DAILY",
        "RDATE:20270305T100000,20270306T090000",
    ]
    assert content_lines.written(content_lines.read(MONDAY, lines)) == [
        "RRULE:FREQ=DAILY;BYDAY=MO,WE;UNTIL=20271231T235959",
        "RDATE:20270305T100000,20270306T090000",
    ]


@pytest.mark.parametrize("number", range(20))
def test_a_rule_is_the_same_after_writing_and_has_the_times_that_dateutil_finds(number: int) -> None:
    chance = Random(number)
    rule = oracle.any_recurrence(chance)
    assert content_lines.read(rule.start, content_lines.written(rule)) == rule
    since = rule.start + timedelta(days=chance.randrange(-30, 1000), minutes=chance.choice((0, 0, 15)))
    until = since + timedelta(days=300)
    assert rule.occurrences(since, until) == oracle.occurrences(rule, since, until)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["RRULE:FREQ=DAILY;COUNT=3"], [0, 1, 2]),
        (["RRULE:FREQ=WEEKLY;COUNT=3"], [0, 7, 14]),
        (["RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;COUNT=4"], [0, 6, 14, 20]),  # weeks begin on Monday
        (["RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=2"], [1, 8]),  # the start counts where it matches
        (["RRULE:FREQ=DAILY;INTERVAL=3;BYDAY=TH;COUNT=2"], [3, 24]),
        (["RRULE:FREQ=DAILY;UNTIL=20270303T090000"], [0, 1, 2]),
        (["RRULE:FREQ=DAILY;UNTIL=20270303T085959"], [0, 1]),
        (["RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20270302T090000"], [0, 2]),  # it was counted
        (["RRULE:FREQ=DAILY;COUNT=1", "RDATE:20270305T090000,20270301T090000"], [0, 4]),
        (["RRULE:FREQ=DAILY;COUNT=1", "RDATE:20270305T090000", "EXDATE:20270305T090000"], [0]),
        (["RRULE:FREQ=DAILY;COUNT=1", "RDATE:20280305T090000"], [0]),  # after the window
    ],
)
def test_occurrences_are_those_of_the_rule(lines: Sequence[str], found: Sequence[int]) -> None:
    assert days(lines) == found


def test_weeks_count_from_the_monday_of_the_start() -> None:
    friday = MONDAY + timedelta(days=4)
    rule = content_lines.read(friday, ["RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;COUNT=3"])
    found = rule.occurrences(MONDAY, MONDAY + timedelta(days=60))
    assert [(one - MONDAY).days for one in found] == [4, 14, 18]
    later = replace(rule, count=None).occurrences(friday + timedelta(days=100), friday + timedelta(days=113))
    assert [(one - MONDAY).days for one in later] == [112, 116]


@pytest.mark.parametrize(
    ("line", "code", "detail"),
    [
        ("RRULE:FREQ=MINUTELY", FaultCode.NOT_ONE_OF, "FREQ must be DAILY or WEEKLY"),
        ("RRULE:FREQ=daily", FaultCode.NOT_ONE_OF, "FREQ must be"),
        ("RRULE:COUNT=3", FaultCode.NOT_ONE_OF, "FREQ must be"),
        ("rrule:FREQ=DAILY", FaultCode.WRONG_FORMAT, "must begin with RRULE:, EXDATE: or RDATE:"),
        ("DTSTART:20270301T090000", FaultCode.WRONG_FORMAT, "must begin with"),
        ("EXDATE;TZID=Europe/Lisbon:20270301T090000", FaultCode.WRONG_FORMAT, "without parameters"),
        ("RRULE:FREQ=DAILY\nRRULE:FREQ=DAILY", FaultCode.WRONG_FORMAT, "must begin with"),
        ("RRULE:FREQ=DAILY;byday=MO", FaultCode.NOT_ALLOWED, "may have FREQ, BYDAY"),
        ("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", FaultCode.NOT_ALLOWED, "may have FREQ, BYDAY"),
        ("RRULE:FREQ=DAILY;BYSETPOS=1", FaultCode.NOT_ALLOWED, "may have FREQ, BYDAY"),
        ("RRULE:FREQ=DAILY;", FaultCode.NOT_ALLOWED, "may have FREQ, BYDAY"),
        ("RRULE:FREQ=DAILY;FREQ=DAILY", FaultCode.REPEATED, "has FREQ twice"),
        ("RRULE:FREQ=DAILY;COUNT=3;UNTIL=20270303T090000", FaultCode.NOT_ALLOWED, "both UNTIL and COUNT"),
        ("RRULE:FREQ=DAILY;COUNT=1000000", FaultCode.OUT_OF_RANGE, "COUNT must be a whole number from 1 to 5,000"),
        ("RRULE:FREQ=DAILY;COUNT=5001", FaultCode.OUT_OF_RANGE, "COUNT must be"),
        ("RRULE:FREQ=DAILY;COUNT=0", FaultCode.OUT_OF_RANGE, "COUNT must be"),
        ("RRULE:FREQ=DAILY;COUNT=٣", FaultCode.OUT_OF_RANGE, "COUNT must be"),
        ("RRULE:FREQ=DAILY;INTERVAL=0", FaultCode.OUT_OF_RANGE, "INTERVAL must be a whole number from 1 to 366"),
        ("RRULE:FREQ=DAILY;INTERVAL=-1", FaultCode.OUT_OF_RANGE, "INTERVAL must be"),
        ("RRULE:FREQ=DAILY;INTERVAL=" + "9" * 5_000, FaultCode.OUT_OF_RANGE, "INTERVAL must be"),
        ("RRULE:FREQ=DAILY;INTERVAL=7;BYDAY=TU", FaultCode.NOT_ALLOWED, "has no occurrence"),
        ("RRULE:FREQ=WEEKLY;WKST=SU", FaultCode.NOT_ONE_OF, "WKST must be MO"),
        ("RRULE:FREQ=WEEKLY;BYDAY=2MO", FaultCode.NOT_ONE_OF, "BYDAY must be days"),
        ("RRULE:FREQ=WEEKLY;BYDAY=mo", FaultCode.NOT_ONE_OF, "BYDAY must be days"),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO,MO", FaultCode.NOT_ONE_OF, "each once"),
        ("RRULE:FREQ=WEEKLY;BYDAY=", FaultCode.NOT_ONE_OF, "BYDAY must be days"),
        ("RRULE:FREQ=DAILY;UNTIL=20270301T085959", FaultCode.OUT_OF_RANGE, "UNTIL must not be before the start"),
        ("RRULE:FREQ=DAILY;UNTIL=20270301", FaultCode.WRONG_FORMAT, "local times as 20270301T090000"),
        ("RRULE:FREQ=DAILY;UNTIL=20270301T090000Z", FaultCode.WRONG_FORMAT, "without an offset"),
        ("RRULE:FREQ=DAILY;UNTIL=99991231T235959", FaultCode.WRONG_FORMAT, "from 1970 to 2199"),
        ("EXDATE:20270230T090000", FaultCode.WRONG_FORMAT, "local times as"),
        ("RDATE:20270301T240000", FaultCode.WRONG_FORMAT, "local times as"),
        ("RDATE:" + DATES, FaultCode.WRONG_LENGTH, "may have at most 366 times"),
    ],
)
def test_any_other_line_is_refused_with_the_reason(line: str, code: FaultCode, detail: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        content_lines.read(MONDAY, [line])
    (fault,) = refused.value.faults
    assert (fault.pointer, fault.code) == ("#/recurrence/0", code)
    assert detail in fault.detail


def test_every_fault_of_a_rule_is_told_by_its_line() -> None:
    with pytest.raises(InvalidRequest) as refused:
        content_lines.read(MONDAY, ["RRULE:FREQ=DAILY", "EXDATE:never", "RRULE:FREQ=WEEKLY", "RDATE:20270301"])
    assert [(one.pointer, one.code) for one in refused.value.faults] == [
        ("#/recurrence/1", FaultCode.WRONG_FORMAT),
        ("#/recurrence/2", FaultCode.REPEATED),
        ("#/recurrence/3", FaultCode.WRONG_FORMAT),
    ]


@pytest.mark.parametrize(
    ("start", "lines", "pointer", "code"),
    [
        (MONDAY, [], "#/recurrence", FaultCode.REQUIRED),
        (MONDAY, ["RDATE:20270301T090000"], "#/recurrence", FaultCode.REQUIRED),
        (MONDAY, ["RRULE:FREQ=DAILY" + ";" * 20_000], "#/recurrence", FaultCode.WRONG_LENGTH),
        (MONDAY, [""] * 734, "#/recurrence", FaultCode.WRONG_LENGTH),
        (MONDAY.replace(tzinfo=UTC), ["RRULE:FREQ=DAILY"], "#/start", FaultCode.WRONG_FORMAT),
        (MONDAY.replace(microsecond=1), ["RRULE:FREQ=DAILY"], "#/start", FaultCode.WRONG_FORMAT),
        (MONDAY.replace(year=2200), ["RRULE:FREQ=DAILY"], "#/start", FaultCode.WRONG_FORMAT),
    ],
)
def test_a_rule_without_a_start_or_bounds_is_refused(
    start: datetime, lines: Sequence[str], pointer: str, code: FaultCode
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        content_lines.read(start, lines)
    assert [(one.pointer, one.code) for one in refused.value.faults] == [(pointer, code)]
