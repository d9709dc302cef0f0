"""Terms of a schedule over HTTP: rules in local time, read from requests and shown in answers."""

from datetime import datetime, time
from typing import Annotated

from msgspec import Meta

from booking.domain.fault import Fault, FaultCode
from booking.domain.planning import content_lines
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
    rules: list[Rule] = []
    faults: list[Fault] = []
    for index, rule in enumerate(terms.rules):
        try:
            rules.append(_rule(rule))
        except InvalidRequest as refusal:
            place = f"#/rules/{index}"
            faults += [replace(fault, pointer=place + fault.pointer.removeprefix("#")) for fault in refusal.faults]
    if faults:
        raise InvalidRequest(faults)
    return Schedule(
        time_zone=terms.time_zone,
        rules=tuple(rules),
        slot_minutes=terms.slot_minutes,
        gap_minutes=terms.gap_minutes,
        capacity=terms.capacity,
        horizon_days=terms.horizon_days,
    )


def _rule(given: CreateScheduleRule) -> Rule:
    try:
        start = datetime.fromisoformat(given.start)
    except ValueError:
        detail = "is no time of the calendar"
        raise InvalidRequest([Fault(pointer="#/start", code=FaultCode.WRONG_FORMAT, detail=detail)]) from None
    until_time = time.fromisoformat(given.until_time) if given.until_time else None
    return Rule(recurrence=content_lines.read(start, given.recurrence), until_time=until_time)
