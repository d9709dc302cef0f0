"""Terms of a schedule over HTTP: rules in local time, read from requests and shown in answers."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, time
from typing import Annotated

from msgspec import Meta

from booking.domain.fault import Fault, FaultCode
from booking.domain.planning import content_lines
from booking.domain.planning.recurrence import EARLIEST, LATEST
from booking.domain.planning.schedule import (
    LONGEST_GAP_MINUTES,
    LONGEST_HORIZON_DAYS,
    MOST_RULES,
    SHORTEST_SLOT_MINUTES,
    Rule,
    Schedule,
)
from booking.domain.refusals import InvalidRequest
from booking.domain.values import replace
from booking.entrypoints.http.slot_answer import Capacity
from booking.entrypoints.http.wire import Distinct, Input, LocalTime, TimeZone

LOCAL_START = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?!\n)$"
LocalStart = Annotated[str, Meta(pattern=LOCAL_START)]
"""Local time of whole seconds, without an offset."""

SlotMinutes = Annotated[int, Meta(ge=SHORTEST_SLOT_MINUTES, le=480)]
GapMinutes = Annotated[int, Meta(ge=0, le=LONGEST_GAP_MINUTES)]
HorizonDays = Annotated[int, Meta(ge=1, le=LONGEST_HORIZON_DAYS)]


class CreateScheduleRule(Input):
    """Windows of days, from each occurrence until `until_time`; without that each is one slot."""

    start: LocalStart
    recurrence: Annotated[tuple[str, ...], Distinct]
    until_time: LocalTime | None = None


class ScheduleTerms(Input):
    time_zone: TimeZone
    rules: Annotated[tuple[CreateScheduleRule, ...], Meta(min_length=1, max_length=MOST_RULES)]
    slot_minutes: SlotMinutes
    horizon_days: HorizonDays
    gap_minutes: GapMinutes = 0
    capacity: Capacity = 1


def schedule_of(terms: ScheduleTerms) -> Schedule:
    """Read the rules; InvalidRequest with the faults of all of them."""
    return Schedule(
        time_zone=terms.time_zone,
        rules=rules_of(terms.rules),
        slot_minutes=terms.slot_minutes,
        gap_minutes=terms.gap_minutes,
        capacity=terms.capacity,
        horizon_days=terms.horizon_days,
    )


def rules_of(given: Sequence[CreateScheduleRule]) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    faults: list[Fault] = []
    for index, rule in enumerate(given):
        try:
            rules.append(_rule(rule))
        except InvalidRequest as refusal:
            place = f"#/rules/{index}"
            faults += [replace(fault, pointer=place + fault.pointer.removeprefix("#")) for fault in refusal.faults]
    if faults:
        raise InvalidRequest(faults)
    return tuple(rules)


def local_start(given: str, pointer: str = "#/start", parameter: str | None = None) -> datetime:
    """Read a local time; InvalidRequest if it is none of the calendar, or none of the years that rules can have."""
    with suppress(ValueError):
        start = datetime.fromisoformat(given)
        if EARLIEST <= start <= LATEST:
            return start
    detail = f"is no time of the calendar, from {EARLIEST.year} to {LATEST.year}"
    raise InvalidRequest([Fault(pointer=pointer, code=FaultCode.WRONG_FORMAT, detail=detail, parameter=parameter)])


def _rule(given: CreateScheduleRule) -> Rule:
    until_time = time.fromisoformat(given.until_time) if given.until_time else None
    return Rule(recurrence=content_lines.read(local_start(given.start), given.recurrence), until_time=until_time)
