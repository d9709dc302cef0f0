"""iCalendar (RFC 5545) of visits: an invitation to one (RFC 5546), and feeds of many."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from urllib.parse import quote
from uuid import UUID

import msgspec
from icalendar import Calendar, Component, Event, Timezone, vCalAddress

from booking import time_zones
from booking.adapters.calendars import zones
from booking.adapters.words.catalogs import load
from booking.adapters.words.plain_text import one_line
from booking.adapters.words.samples import AGENCY, VISIT
from booking.domain.notices.calendar import INVITATIONS, CalendarEntry, CalendarStatus
from booking.domain.notices.email import Attachment
from booking.domain.notices.facts import EntryOwner, Facts, VisitFacts
from booking.domain.notices.notice import Recipient
from booking.domain.people.names import UTC
from booking.domain.visits.booking import BookingStatus
from booking.service.notices.words import CalendarWords

PRODUCT = "-//Estate OS//Booking//EN"
FILE = "visit.ics"
MEDIA_TYPE = "application/ics"
"""Of the attachment; its copy within the message is text/calendar, with the method."""
REFRESH = timedelta(hours=1)
SAFE = "@!$&'*+/=^_`{|}~.-"
"""Signs of an address that stand as they are in a mailto (RFC 6068)."""


class ICalendars:
    """`organizer` is the operator's address. Answers to it are not read, and none is asked for."""

    def __init__(self, words: CalendarWords, organizer: str | None = None) -> None:
        self._words = words
        self._organizer = organizer

    @cached_property
    def _release(self) -> bytes:
        """Return what tells this release from others: how it writes in each language, and its rules of zones."""
        states = (BookingStatus.PENDING_APPROVAL, BookingStatus.CONFIRMED, BookingStatus.EXPIRED)
        visits = [(_sample(state), VISIT) for state in states]
        people = [
            EntryOwner(recipient=recipient, locale=locale, agency=AGENCY)
            for recipient in (Recipient.AGENT, Recipient.APPLICANT)
            for locale in load()
        ]
        return b"".join([time_zones.version().encode(), *(self.feed(one, visits) for one in people)])

    def invitation(self, facts: Facts, address: str) -> Attachment | None:
        entry, visit = facts.entry, facts.visit
        if entry is None or visit is None or facts.kind not in INVITATIONS or self._organizer is None:
            return None
        event = self._event(entry, visit, facts.owner)
        event.add("ORGANIZER", _person(self._organizer, facts.agency.name))
        event.add("ATTENDEE", _attendee(address, facts.to_name, entry))
        calendar = _calendar(_zones([visit]), event)
        calendar.add("METHOD", entry.method)
        return Attachment(name=FILE, media_type=MEDIA_TYPE, content=calendar.to_ical(), method=entry.method)

    def tag(self, of: EntryOwner, visits: Sequence[tuple[CalendarEntry, VisitFacts]]) -> str:
        return sha256(self._release + msgspec.json.encode((of, visits))).hexdigest()[:32]

    def feed(self, of: EntryOwner, visits: Sequence[tuple[CalendarEntry, VisitFacts]]) -> bytes:
        events = [self._event(entry, visit, of) for entry, visit in visits]
        calendar = _calendar(_zones([visit for _, visit in visits]), *events)
        calendar.add("METHOD", "PUBLISH")
        if name := one_line(of.agency.name or ""):
            calendar.add("NAME", name)
            calendar.add("X-WR-CALNAME", name)
        calendar.add("REFRESH-INTERVAL", REFRESH)
        calendar.add("X-PUBLISHED-TTL", "PT1H")
        content: bytes = calendar.to_ical()
        return content

    def _event(self, entry: CalendarEntry, visit: VisitFacts, of: EntryOwner) -> Event:
        text = self._words.entry(visit, of, entry.status)
        event = Event()
        event.add("UID", str(entry.booking_id))
        event.add("SEQUENCE", entry.sequence)
        event.add("DTSTAMP", entry.at)
        _add_times(event, visit)
        event.add("SUMMARY", text.summary)
        place = ", ".join(filter(None, map(one_line, (visit.address or "").splitlines()))) or one_line(visit.area or "")
        if place:
            event.add("LOCATION", place)
        if text.description:
            event.add("DESCRIPTION", text.description)
        event.add("STATUS", entry.status)
        event.add("TRANSP", "TRANSPARENT" if entry.status is CalendarStatus.CANCELLED else "OPAQUE")
        return event


def _calendar(times: Iterable[Timezone], *events: Event) -> Calendar:
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    components: Iterable[Component] = (*times, *events)
    for component in components:
        calendar.add_component(component)
    return calendar


def _zones(visits: Iterable[VisitFacts]) -> Iterable[Timezone]:
    """Write each zone once, for all years that it is needed in."""
    years: dict[str, set[int]] = defaultdict(set)
    for visit in visits:
        if _is_local(visit):
            years[visit.time_zone] |= {visit.start_time.year, visit.end_time.year}
    return [zones.written(zone, min(of), max(of)) for zone, of in sorted(years.items())]


def _add_times(event: Event, visit: VisitFacts) -> None:
    for name, at in (("DTSTART", visit.start_time), ("DTEND", visit.end_time)):
        if _is_local(visit):
            event.add(name, _local(visit, at).replace(tzinfo=None, fold=0), parameters={"TZID": visit.time_zone})
        else:
            event.add(name, at)


def _is_local(visit: VisitFacts) -> bool:
    """Return whether the times are written as the property's clocks show them.

    Not in the hour that comes twice, for RFC 5545 can only say the first of the two.
    """
    times = (_local(visit, at) for at in (visit.start_time, visit.end_time))
    return visit.time_zone != UTC and not any(at.fold for at in times)


def _local(visit: VisitFacts, at: datetime) -> datetime:
    return at.astimezone(time_zones.zone(visit.time_zone))


def _attendee(address: str, name: str | None, entry: CalendarEntry) -> vCalAddress:
    person = _person(address, name)
    person.params["CUTYPE"] = "INDIVIDUAL"
    person.params["ROLE"] = "REQ-PARTICIPANT"
    if entry.status is not CalendarStatus.CANCELLED:
        person.params["PARTSTAT"] = "ACCEPTED" if entry.status is CalendarStatus.CONFIRMED else "TENTATIVE"
    person.params["RSVP"] = "FALSE"
    return person


def _person(address: str, name: str | None) -> vCalAddress:
    person = vCalAddress(f"mailto:{quote(address, safe=SAFE)}")
    # Quotation marks would be encoded (RFC 6868), which few programs read.
    if shown := one_line(name or "").replace('"', "'"):
        person.params["CN"] = shown
    return person


def _sample(status: BookingStatus) -> CalendarEntry:
    return CalendarEntry(booking_id=UUID(int=0), booking_sequence=0, booking_status=status, at=VISIT.start_time)
