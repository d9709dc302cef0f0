"""Schedules by another route: dateutil expands the rules, and zones are asked for the local times of instants alone."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from random import Random

from dateutil import rrule

from booking import time_zones
from booking.domain.planning import content_lines
from booking.domain.planning.recurrence import Recurrence
from booking.domain.planning.schedule import PlannedSlot, Rule, Schedule

ZONES = (
    "Europe/Lisbon",
    "America/New_York",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Asia/Beirut",
    "Asia/Kolkata",
)
"""Both hemispheres, a change by half an hour, one at midnight, and a zone without any."""
BEGAN, YEARS = date(2026, 1, 1), 10

Told = tuple[datetime, datetime, datetime, str | None]
"""Occurrence, start, end, and treatment."""


def told(slot: PlannedSlot) -> Told:
    return slot.occurrence, slot.start_time, slot.end_time, slot.treated


def occurrences(recurrence: Recurrence, since: datetime, until: datetime) -> Sequence[datetime]:
    text = [f"DTSTART:{recurrence.start:%Y%m%dT%H%M%S}", *content_lines.written(recurrence)]
    found = rrule.rrulestr("\n".join(text), forceset=True).between(since, until, inc=True)
    return [one for one in found if one < until]


def planned(schedule: Schedule, *, since: date, until: date) -> Sequence[Told]:
    first, last = (datetime.combine(day, time()) for day in (since, until))
    found = {
        slot
        for rule in schedule.rules
        for opens in occurrences(rule.recurrence, first, last)
        for slot in _window(schedule, rule, opens)
    }
    return sorted(found, key=lambda slot: (slot[1], slot[3] == "gap_shifted", slot[0]))


def _window(schedule: Schedule, rule: Rule, opens: datetime) -> Sequence[Told]:
    zone = time_zones.zone(schedule.time_zone)
    length, step = (timedelta(minutes=n) for n in (schedule.slot_minutes, schedule.slot_minutes + schedule.gap_minutes))
    if rule.until_time is None:
        return [_slot(opens, length, zone)]
    closes = datetime.combine(opens, rule.until_time)
    number = max(0, (closes - opens - length) // step + 1)
    slots = [_slot(opens + step * index, length, zone) for index in range(number)]
    return [slot for slot in slots if slot[2] <= _slot(closes, length, zone)[1]]


def _slot(local: datetime, length: timedelta, zone: tzinfo) -> Told:
    """Look for the instants that have this local time; where there is none, take the offset of the day before."""
    near = [_local(local.replace(tzinfo=UTC) + timedelta(days=day), zone) for day in (-1, 1)]
    offsets = [shown - (local + timedelta(days=day)) for shown, day in zip(near, (-1, 1), strict=True)]
    instants = {local.replace(tzinfo=UTC) - offset for offset in offsets}
    found = sorted(instant for instant in instants if _local(instant, zone) == local)
    start = found[0] if found else local.replace(tzinfo=UTC) - offsets[0]
    return local, start, start + length, None if len(found) == 1 else "fold_first" if found else "gap_shifted"


def _local(instant: datetime, zone: tzinfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def any_schedule(chance: Random) -> Schedule:
    """Choose a schedule, often of the hours in which clocks are changed."""
    slot_minutes = chance.choice((15, 30, 45, 60, 90))
    rules = tuple(_any_rule(chance, slot_minutes) for _ in range(chance.choice((1, 1, 2, 3))))
    return Schedule(
        time_zone=chance.choice(ZONES),
        rules=rules,
        slot_minutes=slot_minutes,
        gap_minutes=chance.choice((0, 0, 10, 30)),
        horizon_days=366,
    )


def _any_rule(chance: Random, slot_minutes: int) -> Rule:
    while True:
        recurrence = any_recurrence(chance)
        if chance.random() < 0.5:
            return Rule(recurrence=recurrence)
        until = datetime.combine(BEGAN, recurrence.start.time()) + timedelta(
            minutes=slot_minutes * chance.randint(1, 6)
        )
        if until.date() == BEGAN:
            return Rule(recurrence=recurrence, until_time=until.time())


def any_recurrence(chance: Random) -> Recurrence:
    start = datetime.combine(BEGAN, time()) + timedelta(
        days=chance.randrange(400), minutes=chance.choice((chance.randrange(0, 240, 15), chance.randrange(0, 1440, 15)))
    )
    parts = [f"FREQ={chance.choice(('DAILY', 'WEEKLY'))}"]
    if chance.random() < 0.6:
        days = chance.sample(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), chance.randint(1, 4))
        parts.append(f"BYDAY={','.join(days)}")
    if chance.random() < 0.5:
        # seven steps of seven days reach one weekday alone
        parts.append(f"INTERVAL={chance.choice((2, 3, 4, 5, 6, 8, 13))}")
    end = chance.choice(("", f"COUNT={chance.randint(1, 400)}", f"UNTIL={_any_time(chance, start):%Y%m%dT%H%M%S}"))
    lines = ["RRULE:" + ";".join([*parts, end] if end else parts)]
    for name in ("EXDATE", "RDATE"):
        if chance.random() < 0.5:
            times = [_any_time(chance, start) for _ in range(chance.randint(1, 8))]
            lines.append(f"{name}:" + ",".join(f"{one:%Y%m%dT%H%M%S}" for one in times))
    return content_lines.read(start, lines)


def _any_time(chance: Random, start: datetime) -> datetime:
    """A time within ten years, most often at the time of day of the start."""
    days = timedelta(days=chance.choice((chance.randrange(60), chance.randrange(365 * YEARS))))
    return start + days + timedelta(minutes=chance.choice((0, 0, 0, 15)))
