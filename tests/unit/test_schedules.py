"""Schedules: the slots of rules in local time, where clocks change too, and the hash of a plan."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest

from booking import time_zones
from booking.domain.fault import FaultCode
from booking.domain.planning import content_lines
from booking.domain.planning.schedule import (
    MOST_RULES,
    PlannedSlot,
    Rule,
    Schedule,
    expansion,
    plan_hash,
    planned,
    require_windows,
)
from booking.domain.refusals import InvalidRequest
from booking.domain.values import replace
from tests.support import schedule_oracle as oracle

LISBON = "Europe/Lisbon"
ON, BACK = date(2027, 3, 28), date(2027, 10, 31)  # Lisbon's 01:00 to 02:00 is left out, and comes twice


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def schedule(start: str, until_time: str | None = None, *, lines: Sequence[str] = (), zone: str = LISBON) -> Schedule:
    recurrence = content_lines.read(at(start), lines or ["RRULE:FREQ=DAILY"])
    end = time.fromisoformat(until_time) if until_time else None
    return Schedule(
        time_zone=zone, rules=(Rule(recurrence=recurrence, until_time=end),), slot_minutes=60, horizon_days=28
    )


def of_day(given: Schedule, day: date) -> Sequence[PlannedSlot]:
    return planned(given, time_zones.zone(given.time_zone), since=day, until=day + timedelta(days=1))


def short(slots: Sequence[PlannedSlot]) -> Sequence[tuple[str, str, str | None]]:
    return [(f"{one.occurrence:%H:%M}", f"{one.start_time:%H:%M}", one.treated) for one in slots]


@pytest.mark.parametrize("zone", oracle.ZONES)
def test_slots_are_those_of_an_independent_oracle(zone: str) -> None:
    slots = 0
    for number in range(4):
        chance = Random(f"{zone} {number}")
        given = replace(oracle.any_schedule(chance), time_zone=zone)
        since = oracle.BEGAN + timedelta(days=chance.randrange(365 * 3))
        until = since + timedelta(days=200)
        found = planned(given, time_zones.zone(zone), since=since, until=until)
        assert [oracle.told(slot) for slot in found] == oracle.planned(given, since=since, until=until)
        slots += len(found)
    assert slots > 0


def test_what_a_gap_puts_beyond_its_window_is_left_out_and_named() -> None:
    given = schedule("2027-03-27T00:00", "02:00")
    found = expansion(given, time_zones.zone(LISBON), since=ON - timedelta(days=1), until=ON + timedelta(days=1))
    assert [slot.occurrence for slot in found.slots] == [
        at(f"2027-03-{day}") for day in ("27T00:00", "27T01:00", "28T00:00")
    ]
    assert short(found.left_out) == [("01:00", "01:00", "gap_shifted")]


@pytest.mark.parametrize(
    ("zone", "occurrence", "start", "treated"),
    [
        (LISBON, "2027-03-27T09:00", "2027-03-27T09:00", None),
        (LISBON, "2027-03-28T01:30", "2027-03-28T01:30", "gap_shifted"),  # 02:30 on the clock
        (LISBON, "2027-10-31T01:30", "2027-10-31T00:30", "fold_first"),
        (LISBON, "2027-10-31T02:00", "2027-10-31T02:00", None),
        ("America/New_York", "2027-03-14T02:30", "2027-03-14T07:30", "gap_shifted"),
        ("America/Santiago", "2027-09-05T00:00", "2027-09-05T04:00", "gap_shifted"),
        ("Australia/Lord_Howe", "2027-10-03T02:15", "2027-10-02T15:45", "gap_shifted"),  # by half an hour
        ("Australia/Lord_Howe", "2027-04-04T01:45", "2027-04-03T14:45", "fold_first"),
        ("Asia/Kolkata", "2027-03-28T01:30", "2027-03-27T20:00", None),
    ],
)
def test_a_time_that_is_left_out_is_later_and_a_time_that_comes_twice_is_the_first(
    zone: str, occurrence: str, start: str, treated: str | None
) -> None:
    day, begin = at(occurrence).date(), at(start).replace(tzinfo=UTC)
    (slot,) = of_day(schedule(occurrence, zone=zone), day)
    assert oracle.told(slot) == (at(occurrence), begin, begin + timedelta(hours=1), treated)


def test_a_window_has_as_many_slots_as_fit_with_the_gap_between_them() -> None:
    given = replace(schedule("2027-06-01T09:00", "12:30"), gap_minutes=15)
    assert [slot[0] for slot in short(of_day(given, date(2027, 6, 2)))] == ["09:00", "10:15", "11:30"]
    longer = replace(given, gap_minutes=16)
    assert [slot[0] for slot in short(of_day(longer, date(2027, 6, 2)))] == ["09:00", "10:16"]


def test_a_window_keeps_its_local_times_where_clocks_change() -> None:
    night = schedule("2027-01-01T00:00", "04:00")
    assert short(of_day(night, ON)) == [
        ("00:00", "00:00", None),
        ("02:00", "01:00", None),
        ("01:00", "01:00", "gap_shifted"),  # a clash with the one before, and told as one
        ("03:00", "02:00", None),
    ]
    assert short(of_day(night, BACK)) == [
        ("00:00", "23:00", None),
        ("01:00", "00:00", "fold_first"),
        ("02:00", "02:00", None),
        ("03:00", "03:00", None),
    ]


def test_no_slot_ends_after_its_window_though_clocks_are_put_on() -> None:
    assert short(of_day(schedule("2027-01-01T00:00", "02:00"), ON)) == [("00:00", "00:00", None)]


def test_rules_are_united_and_an_occurrence_of_two_is_one_slot() -> None:
    morning, day = schedule("2027-06-01T09:00", "11:00"), schedule("2027-06-01T10:00", "12:00")
    both = replace(morning, rules=(*day.rules, *morning.rules))
    assert [slot[0] for slot in short(of_day(both, date(2027, 6, 1)))] == ["09:00", "10:00", "11:00"]


def test_a_schedule_that_is_cut_has_the_slots_between() -> None:
    given = schedule("2027-06-01T09:00", "13:00")
    cut = replace(given, since=at("2027-06-02T10:00"), until=at("2027-06-02T12:00"))
    found = planned(cut, time_zones.zone(LISBON), since=date(2027, 6, 1), until=date(2027, 6, 9))
    assert [slot.occurrence for slot in found] == [at("2027-06-02T10:00"), at("2027-06-02T11:00")]


def test_more_slots_than_anybody_reads_are_refused() -> None:
    given = replace(schedule("2027-01-01T00:00", "23:59"), slot_minutes=5)
    given = replace(given, rules=given.rules * MOST_RULES)
    with pytest.raises(InvalidRequest) as refused:
        planned(given, time_zones.zone(LISBON), since=date(2027, 1, 1), until=date(2028, 1, 1))
    (fault,) = refused.value.faults
    assert (fault.pointer, fault.code) == ("#/rules", FaultCode.OUT_OF_RANGE)
    assert fault.detail == "make more than 5,000 slots: choose a shorter horizon, or longer slots"


def test_a_window_in_which_no_slot_fits_is_refused_by_its_rule() -> None:
    fits, narrow = schedule("2027-06-01T09:00", "10:00"), schedule("2027-06-01T09:00", "09:59")
    late = schedule("2027-06-01T09:00", "10:00", lines=["RRULE:FREQ=DAILY", "RDATE:20270605T093000"])
    alone = schedule("2027-06-01T09:00")
    require_windows(replace(fits, rules=(*fits.rules, *alone.rules)))
    with pytest.raises(InvalidRequest) as refused:
        require_windows(replace(fits, rules=(*fits.rules, *narrow.rules, *late.rules)))
    assert [(one.pointer, one.code) for one in refused.value.faults] == [
        ("#/rules/1/until_time", FaultCode.NOT_ALLOWED),
        ("#/rules/2/until_time", FaultCode.NOT_ALLOWED),
    ]


def test_a_hash_is_of_all_that_a_plan_depends_on_and_of_nothing_else() -> None:
    given, home = schedule("2027-06-01T09:00", "13:00"), {"property_id": "1", "agent_id": "2"}

    def hash_of(
        of: Schedule = given,
        about: Mapping[str, str] = home,
        policy: str = "3",
        tzdata: str = "2026b",
        claims: str = "ab",
    ) -> str:
        return plan_hash(of, about, policy_version=policy, tzdata=tzdata, claims=claims)

    assert hash_of() == hash_of(claims="bab", about=dict(reversed(home.items())))
    others = [
        hash_of(schedule("2027-06-01T09:00", "12:00")),
        hash_of(schedule("2027-06-02T09:00", "13:00")),
        hash_of(schedule("2027-06-01T09:00", "13:00", lines=["RRULE:FREQ=DAILY", "EXDATE:20270605T090000"])),
        hash_of(schedule("2027-06-01T09:00", "13:00", zone="Asia/Kolkata")),
        hash_of(replace(given, horizon_days=29)),
        hash_of(replace(given, capacity=2)),
        hash_of(replace(given, until=at("2027-07-01T00:00"))),
        hash_of(about=home | {"agent_id": "3"}),
        hash_of(policy="4"),
        hash_of(tzdata="2026c"),
        hash_of(claims="abc"),
    ]
    assert len({hash_of(), *others}) == len(others) + 1
