"""Calendars of slots (RFC 5545): written with all that is needed to read them back, and read line by line.

Why by line: the library makes values and zones of all that a file holds, and a file from outside may define endless
ones. Of its grammar only the lines are used; nothing here repeats, and zones are known by their names alone.
"""

import re
from collections.abc import Iterator, Sequence

from icalendar import Calendar, Event
from icalendar.parser import Contentline, Contentlines
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from booking.adapters.calendars.icalendars import PRODUCT
from booking.adapters.words.plain_text import one_line
from booking.domain.fault import Fault, FaultCode
from booking.domain.refusals import BatchTooLarge, InvalidRequest
from booking.domain.visits.allowed_actions import SlotView
from booking.domain.visits.slot import SlotStatus
from booking.domain.visits.slot_batch import LARGEST_BATCH
from booking.service.visits.slot_calendars import CalendarEvent

PROPERTY, AGENT, CAPACITY = "X-BOOKING-PROPERTY", "X-BOOKING-AGENT", "X-BOOKING-CAPACITY"
FIELDS = {PROPERTY: "property_id", AGENT: "agent_id", CAPACITY: "capacity", "STATUS": "status"}
TIMES = {"DTSTART": "start_time", "DTEND": "end_time"}
REPEATS = "repeats are not read here: plan them as a schedule, or write each visit as an event of its own"
UNREAD = {
    **dict.fromkeys(("RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"), REPEATS),
    "DURATION": "is not read: write the end as DTEND",
}
TIME = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(Z?)", re.ASCII)


def written(slots: Sequence[SlotView]) -> bytes:
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", "PUBLISH")
    for view in slots:
        calendar.add_component(_event(view))
    content: bytes = calendar.to_ical()
    return content


def _event(view: SlotView) -> Event:
    slot, names = view.availability.slot, view.availability.names
    cancelled = slot.status is SlotStatus.CANCELLED
    event = Event()
    event.add("UID", str(slot.id))
    event.add("DTSTAMP", slot.updated_at)
    event.add("DTSTART", slot.start_time)
    event.add("DTEND", slot.end_time)
    event.add("SUMMARY", one_line(names.label or "") or "Visit")
    if area := one_line(names.area or ""):
        event.add("LOCATION", area)
    event.add("STATUS", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("TRANSP", "TRANSPARENT" if cancelled else "OPAQUE")
    event.add(PROPERTY, str(slot.property_id))
    event.add(AGENT, str(slot.agent_id))
    event.add(CAPACITY, str(slot.capacity))
    return event


def read(content: bytes) -> Sequence[CalendarEvent]:
    try:
        text = content.decode("utf-8-sig")
        lines: list[Contentline] = [line for line in Contentlines.from_ical(text) if line]  # type: ignore[no-untyped-call]
    except ValueError:
        raise _no_calendar("must be UTF-8, in lines as RFC 5545 has them") from None
    return list(_events(lines))


def _events(lines: Sequence[Contentline]) -> Iterator[CalendarEvent]:
    open_: list[str] = []
    event = CalendarEvent({}, {})
    count = 0
    for line in lines:
        try:
            name, params, value = line.parts()
        except ValueError:
            if open_ == ["VCALENDAR", "VEVENT"]:
                event.faults[""] = f"has a line that is none of iCalendar: {str(line)[:40]!r}"
                continue
            raise _no_calendar(f"has a line that is none of iCalendar: {str(line)[:40]!r}") from None
        name, kind = name.upper(), value.upper()
        if name == "BEGIN":
            open_.append(kind)
            if open_[0] != "VCALENDAR" or (kind in ("VCALENDAR", "VEVENT") and len(open_) != 1 + (kind == "VEVENT")):
                raise _no_calendar(f"has a {kind[:40]} in a wrong place")
            if open_ == ["VCALENDAR", "VEVENT"]:
                event, count = CalendarEvent({}, {}), count + 1
                if count > LARGEST_BATCH:
                    raise BatchTooLarge("at most 500 items")
        elif name == "END":
            if not open_ or open_.pop() != kind:
                raise _no_calendar(f"ends a {kind[:40]} that has not begun")
            if kind == "VEVENT":
                yield event
        elif not open_:
            raise _no_calendar("must begin with BEGIN:VCALENDAR")
        elif open_ == ["VCALENDAR", "VEVENT"]:
            _take(event, name, params, value)
    if open_:
        raise _no_calendar(f"has no END of its {open_[-1][:40]}")


def _take(event: CalendarEvent, name: str, params: dict[str, str], value: str) -> None:
    field = FIELDS.get(name) or TIMES.get(name)
    if name in UNREAD:
        event.faults[name.lower()] = UNREAD[name]
    elif field is not None and field in event.fields:
        event.faults[field] = "is given more than once"
    elif name in TIMES:
        _take_time(event, TIMES[name], str(params.get("TZID", "")), value)
    elif field is not None:
        event.fields[field] = value.lower() if name == "STATUS" else value


def _take_time(event: CalendarEvent, field: str, zone: str, value: str) -> None:
    """Take a time as RFC 3339 has it, and without an offset where it is local."""
    found = TIME.fullmatch(value)
    event.fields[field] = "{}-{}-{}T{}:{}:{}{}".format(*found.groups()) if found else value
    if found is None:
        event.faults[field] = "must be a time of a day, such as 20261201T090000Z: whole days are no slots"
    elif not found[7] and zone:
        name = WINDOWS_TO_OLSON.get(zone, zone)
        if event.fields.setdefault("time_zone", name) != name:
            event.faults[field] = "must be in the zone that the event begins in"


def _no_calendar(detail: str) -> InvalidRequest:
    return InvalidRequest([Fault(pointer="#", code=FaultCode.WRONG_FORMAT, detail=detail)])
