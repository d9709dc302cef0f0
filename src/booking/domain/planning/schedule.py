"""Schedules: rules in local time by which slots are planned, each a window of a day or a single slot."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from hashlib import sha256
from typing import NamedTuple

from booking.domain.fault import Fault, FaultCode
from booking.domain.planning import content_lines
from booking.domain.planning.local_time import ClockChange, instant_of
from booking.domain.planning.recurrence import MOST_OCCURRENCES, Recurrence
from booking.domain.refusals import InvalidRequest
from booking.domain.values import Value

MOST_RULES = 10
"""Rules of a schedule. Why: one for each day of a week and some exceptions; all of them are expanded at once."""

SHORTEST_SLOT_MINUTES = 5
LONGEST_GAP_MINUTES = 480
LONGEST_HORIZON_DAYS = 366


class Rule(Value, kw_only=True):
    """Windows of days, from each occurrence until `until_time` of its day; without that each is one slot."""

    recurrence: Recurrence
    until_time: time | None = None

    def end(self, opens: datetime) -> datetime | None:
        return None if self.until_time is None else datetime.combine(opens, self.until_time)

    def starts(self, opens: datetime, schedule: "Schedule") -> Iterator[datetime]:
        """Yield the local starts of slots in the window that begins then: the same ones on each day, by the clock."""
        end, start = self.end(opens), opens
        if end is None:
            yield start
            return
        while start + schedule.length <= end:
            yield start
            start += schedule.step


class Schedule(Value, kw_only=True):
    """Rules whose slots are united. Slots last `slot_minutes` of real time, and begin at local ones.

    `since` and `until` cut it, in local time: what follows a change is another schedule's (`since <= slot < until`).
    """

    time_zone: str
    rules: tuple[Rule, ...]
    slot_minutes: int
    horizon_days: int
    gap_minutes: int = 0
    capacity: int = 1
    since: datetime | None = None
    until: datetime | None = None

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.slot_minutes)

    @property
    def step(self) -> timedelta:
        return timedelta(minutes=self.slot_minutes + self.gap_minutes)

    def has(self, start: datetime) -> bool:
        return (self.since is None or self.since <= start) and (self.until is None or start < self.until)


class PlannedSlot(Value, kw_only=True):
    """Slot that a schedule would make. `occurrence`: its local start by the rules, RFC 5545's RECURRENCE-ID."""

    occurrence: datetime
    start_time: datetime
    end_time: datetime
    treated: ClockChange | None


def require_windows(schedule: Schedule) -> None:
    """Raise InvalidRequest for each rule with a window in which no slot fits: of its start, or of an RDATE."""
    faults = []
    for index, rule in enumerate(schedule.rules):
        days = (rule.recurrence.start, *rule.recurrence.rdates)
        if not all(any(rule.starts(opens, schedule)) for opens in days):
            detail = "leaves no time for a slot between the start, or an RDATE, and the end of the window"
            faults.append(Fault(pointer=f"#/rules/{index}/until_time", code=FaultCode.NOT_ALLOWED, detail=detail))
    if faults:
        raise InvalidRequest(faults)


class Expansion(NamedTuple):
    """Slots of a schedule in some days, in order. `left_out`: those that a gap puts beyond the end of their window."""

    slots: Sequence[PlannedSlot]
    left_out: Sequence[PlannedSlot]


def planned(schedule: Schedule, zone: tzinfo, *, since: date, until: date) -> Sequence[PlannedSlot]:
    """Return the slots of the local days `since <= day < until`, in order, each occurrence once."""
    return expansion(schedule, zone, since=since, until=until).slots


def expansion(schedule: Schedule, zone: tzinfo, *, since: date, until: date) -> Expansion:
    """Expand a schedule in the local days `since <= day < until`, each occurrence once.

    InvalidRequest if there are more than MOST_OCCURRENCES. Slots may overlap: those of two rules, or one that a gap has
    shifted, which comes second. Why: that is a clash, and is told like any other.
    """
    first, last = (datetime.combine(day, time()) for day in (since, until))
    wanted: set[tuple[datetime, datetime | None]] = set()
    for rule in schedule.rules:
        for opens in rule.recurrence.occurrences(first, last):
            wanted.update((start, rule.end(opens)) for start in rule.starts(opens, schedule) if schedule.has(start))
            if len(wanted) > MOST_OCCURRENCES:
                detail = f"make more than {MOST_OCCURRENCES:,} slots: choose a shorter horizon, or longer slots"
                raise InvalidRequest([Fault(pointer="#/rules", code=FaultCode.OUT_OF_RANGE, detail=detail)])
    slots: set[PlannedSlot] = set()
    left_out: set[PlannedSlot] = set()
    for start, end in wanted:
        slot = _slot(start, schedule.length, zone)
        fits = end is None or slot.end_time <= instant_of(end, zone).at
        (slots if fits else left_out).add(slot)
    return Expansion(sorted(slots, key=_order), sorted(left_out - slots, key=_order))


def plan_hash(
    schedule: Schedule, subject: Mapping[str, str], *, policy_version: str, tzdata: str, claims: Iterable[str]
) -> str:
    """Return the hash of a plan, which changes with everything that the plan depends on but the present time.

    `subject`: other members of the request, such as the ids of property and agent, or scope and occurrence of a change.
    `claims`: all that stands in the way or would be touched, in any order.
    """
    told = {
        "subject": dict(subject),
        "schedule": _members(schedule),
        "policy_version": policy_version,
        "tzdata": tzdata,
        "claims": sorted(set(claims)),
    }
    return sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _slot(start: datetime, length: timedelta, zone: tzinfo) -> PlannedSlot:
    at, treated = instant_of(start, zone)
    return PlannedSlot(occurrence=start, start_time=at, end_time=at + length, treated=treated)


def _order(slot: PlannedSlot) -> tuple[datetime, bool, datetime]:
    return slot.start_time, slot.treated is ClockChange.GAP_SHIFTED, slot.occurrence


def _members(schedule: Schedule) -> Mapping[str, object]:
    others = {name: str(getattr(schedule, name)) for name in schedule.__struct_fields__ if name != "rules"}
    rules = [
        [rule.recurrence.start.isoformat(), *content_lines.written(rule.recurrence), str(rule.until_time)]
        for rule in schedule.rules
    ]
    return others | {"rules": rules}
