"""Content lines of RFC 5545 (RRULE, EXDATE, RDATE), read into recurrences and written from them.

Lines are strict, so that a rule has one meaning: capital letters, each part once, local times alone, no parameters.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from booking.domain.fault import Fault, FaultCode
from booking.domain.planning.recurrence import (
    EARLIEST,
    LATEST,
    LONGEST_INTERVAL,
    MOST_DATES,
    MOST_OCCURRENCES,
    Frequency,
    Recurrence,
)
from booking.domain.refusals import InvalidRequest
from booking.domain.values import replace
from booking.domain.weekday import Weekday

MOST_LINES, MOST_CHARACTERS = 2 * MOST_DATES + 1, 20_000
"""Bounds of a rule's text: each date may have its own line. Why: longer text is refused before it is read."""

_LINE = re.compile(r"(RRULE|EXDATE|RDATE):(.+)")
_TIME = re.compile(r"[0-9]{8}T(?:[01][0-9]|2[0-3])(?:[0-5][0-9]){2}")
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
_PARTS = {"FREQ", "BYDAY", "INTERVAL", "WKST", "UNTIL", "COUNT"}
_FORM = "%Y%m%dT%H%M%S"


class _Refused(Exception):
    def __init__(self, code: FaultCode, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def read(start: datetime, lines: Sequence[str]) -> Recurrence:
    """Read the lines of a rule; InvalidRequest tells every fault, by `#/start` or `#/recurrence` and the line."""
    if start.tzinfo is not None or start.microsecond or not EARLIEST <= start <= LATEST:
        detail = f"must be a local time of whole seconds, without an offset, from {EARLIEST.year} to {LATEST.year}"
        raise InvalidRequest([Fault(pointer="#/start", code=FaultCode.WRONG_FORMAT, detail=detail)])
    if len(lines) > MOST_LINES or sum(map(len, lines)) > MOST_CHARACTERS:
        detail = f"must have at most {MOST_LINES} lines, and {MOST_CHARACTERS:,} characters in all"
        raise InvalidRequest([Fault(pointer="#/recurrence", code=FaultCode.WRONG_LENGTH, detail=detail)])
    rule: Recurrence | None = None
    times: dict[str, set[datetime]] = {"EXDATE": set(), "RDATE": set()}
    faults: list[Fault] = []
    for index, line in enumerate(lines):
        try:
            name, text = _named(line)
            if name in times:
                _add(times[name], text)
            elif rule is None:
                rule = _rule(start, text)
            else:
                raise _Refused(FaultCode.REPEATED, "is a second RRULE: it is a rule of its own")
        except _Refused as refused:
            faults.append(Fault(pointer=f"#/recurrence/{index}", code=refused.code, detail=refused.detail))
    if rule is None and not faults:
        faults.append(Fault(pointer="#/recurrence", code=FaultCode.REQUIRED, detail="must have a line RRULE:…"))
    if rule is None or faults:
        raise InvalidRequest(faults)
    exdates, rdates = (tuple(sorted(found)) for found in times.values())
    return replace(rule, exdates=exdates, rdates=rdates)


def written(recurrence: Recurrence) -> Sequence[str]:
    """Write the lines of a recurrence, all but its DTSTART; equal recurrences have equal lines."""
    parts = {
        "FREQ": recurrence.frequency,
        "BYDAY": ",".join(day.name for day in recurrence.by_day),
        "INTERVAL": str(recurrence.interval) if recurrence.interval > 1 else "",
        "UNTIL": f"{recurrence.until:{_FORM}}" if recurrence.until else "",
        "COUNT": str(recurrence.count or ""),
    }
    lines = {
        "RRULE": ";".join(f"{name}={value}" for name, value in parts.items() if value),
        "EXDATE": ",".join(f"{one:{_FORM}}" for one in recurrence.exdates),
        "RDATE": ",".join(f"{one:{_FORM}}" for one in recurrence.rdates),
    }
    return [f"{name}:{value}" for name, value in lines.items() if value]


def _named(line: str) -> tuple[str, str]:
    if (found := _LINE.fullmatch(line)) is None:
        detail = "must begin with RRULE:, EXDATE: or RDATE:, without parameters: its zone is the schedule's"
        raise _Refused(FaultCode.WRONG_FORMAT, detail)
    return found[1], found[2]


def _add(times: set[datetime], text: str) -> None:
    times.update(map(_time, text.split(",")))
    if len(times) > MOST_DATES:
        raise _Refused(FaultCode.WRONG_LENGTH, f"may have at most {MOST_DATES} times")


def _rule(start: datetime, text: str) -> Recurrence:
    parts = _parts(text)
    if parts.get("WKST", "MO") != "MO":
        raise _Refused(FaultCode.NOT_ONE_OF, "WKST must be MO: weeks begin on Monday")
    if parts.get("FREQ") not in Frequency.__members__:
        raise _Refused(FaultCode.NOT_ONE_OF, "FREQ must be DAILY or WEEKLY")
    if "UNTIL" in parts and "COUNT" in parts:
        raise _Refused(FaultCode.NOT_ALLOWED, "must not have both UNTIL and COUNT")
    rule = Recurrence(
        start=start,
        frequency=Frequency(parts["FREQ"]),
        interval=_number("INTERVAL", parts.get("INTERVAL", "1"), LONGEST_INTERVAL),
        by_day=_days(parts["BYDAY"]) if "BYDAY" in parts else (),
        until=_time(parts["UNTIL"]) if "UNTIL" in parts else None,
        count=_number("COUNT", parts["COUNT"], MOST_OCCURRENCES) if "COUNT" in parts else None,
    )
    if rule.until is not None and rule.until < start:
        raise _Refused(FaultCode.OUT_OF_RANGE, "UNTIL must not be before the start")
    if not rule.offsets:
        raise _Refused(FaultCode.NOT_ALLOWED, "has no occurrence: steps of INTERVAL days reach no day of BYDAY")
    return rule


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, _, value = part.partition("=")
        if name not in _PARTS:
            detail = "may have FREQ, BYDAY, INTERVAL, WKST, UNTIL and COUNT alone, in capital letters"
            raise _Refused(FaultCode.NOT_ALLOWED, detail)
        if name in parts:
            raise _Refused(FaultCode.REPEATED, f"has {name} twice")
        parts[name] = value
    return parts


def _number(name: str, text: str, most: int) -> int:
    if _NUMBER.fullmatch(text) is None or int(text) > most:
        raise _Refused(FaultCode.OUT_OF_RANGE, f"{name} must be a whole number from 1 to {most:,}")
    return int(text)


def _days(text: str) -> tuple[Weekday, ...]:
    names = text.split(",")
    if len(set(names)) < len(names) or not Weekday.__members__.keys() >= set(names):
        raise _Refused(FaultCode.NOT_ONE_OF, "BYDAY must be days of MO, TU, WE, TH, FR, SA and SU, each once")
    return tuple(day for day in Weekday if day.name in names)


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text) if _TIME.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None or not EARLIEST <= found <= LATEST:
        detail = f"must have local times as 20270301T090000, without an offset, from {EARLIEST.year} to {LATEST.year}"
        raise _Refused(FaultCode.WRONG_FORMAT, detail)
    return found
