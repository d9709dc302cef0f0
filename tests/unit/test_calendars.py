"""Calendars: invitations and feeds as they are read again, whatever zone and whatever texts they have.

`clients/typescript/test/calendars.test.ts` reads the same files by another parser.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from booking import time_zones
from booking.adapters.calendars import ICalendars
from booking.adapters.words import JinjaWords
from booking.adapters.words.samples import VISIT, sample
from booking.domain.notices.calendar import INVITATIONS, CalendarEntry, CalendarStatus
from booking.domain.notices.facts import Facts, VisitFacts
from booking.domain.notices.notice import NoticeKind, Recipient
from booking.domain.values import replace
from booking.domain.visits.booking import UNMADE, VISITS, BookingStatus
from booking.service.notices.calendars import Calendars
from tests.support.chance import examples
from tools.calendars import BOOKING, FOLDER, ORGANIZER, calendars, expected

WRITER: Calendars = ICalendars(JinjaWords(), ORGANIZER)
AT = datetime(2027, 3, 1, tzinfo=UTC)


def entry(status: BookingStatus = BookingStatus.CONFIRMED, sequence: int = 0, *, left: bool = False) -> CalendarEntry:
    return CalendarEntry(booking_id=BOOKING, booking_sequence=sequence, booking_status=status, at=AT, left=left)


def facts(kind: NoticeKind = NoticeKind.CONFIRMED, **other: Any) -> Facts:
    return replace(sample(kind, Recipient.APPLICANT, "en"), **{"entry": entry(), **other})


def event(of: Facts, address: str = "ana@example.org") -> Any:
    written = WRITER.invitation(of, address)
    assert written is not None
    (found,) = Calendar.from_ical(written.content).walk("VEVENT")
    return found


def visit_at(zone: str, start: datetime) -> VisitFacts:
    return replace(VISIT, time_zone=zone, start_time=start, end_time=start + timedelta(minutes=30))


@pytest.mark.parametrize("name", sorted(calendars()))
def test_calendars_are_as_they_were_looked_at(name: str) -> None:
    assert calendars()[name] == (FOLDER / name).read_bytes()


def test_what_a_second_parser_has_to_find_is_up_to_date() -> None:
    assert json.loads((FOLDER / "expected.json").read_text()) == json.loads(json.dumps(expected()))


def test_lines_are_short_and_end_as_the_format_wants() -> None:
    for name, content in calendars().items():
        *lines, rest = content.split(b"\r\n")
        assert rest == b"", name
        assert all(len(line) <= 75 and b"\n" not in line for line in lines), name


def test_each_change_of_a_visit_raises_its_sequence() -> None:
    life = (
        entry(BookingStatus.PENDING_APPROVAL),
        entry(BookingStatus.CONFIRMED),
        entry(BookingStatus.PENDING_APPROVAL, 1),
        entry(BookingStatus.CONFIRMED, 2),
        entry(BookingStatus.CANCELLED_BY_AGENT, 2),
        entry(BookingStatus.CONFIRMED, 3),
    )
    assert [one.sequence for one in life] == [0, 1, 3, 7, 8, 10]
    assert [str(one.status) for one in life] == [
        *("TENTATIVE", "CONFIRMED", "TENTATIVE", "CONFIRMED", "CANCELLED", "CONFIRMED")
    ]


@pytest.mark.parametrize("status", [one for one in BookingStatus if one not in UNMADE | VISITS])
def test_each_end_of_a_visit_takes_it_out_of_the_calendar(status: BookingStatus) -> None:
    assert (entry(status).method, entry(status).status) == ("CANCEL", CalendarStatus.CANCELLED)


def test_an_agent_who_has_a_visit_no_more_is_not_invited_to_it() -> None:
    left = entry(sequence=1, left=True)
    assert (left.method, left.status, left.sequence) == ("CANCEL", "CANCELLED", 4)


def test_the_method_of_the_message_is_that_of_the_calendar() -> None:
    for status, method in ((BookingStatus.CONFIRMED, "REQUEST"), (BookingStatus.CANCELLED_BY_AGENT, "CANCEL")):
        written = WRITER.invitation(facts(entry=entry(status)), "ana@example.org")
        assert written is not None
        assert (written.name, written.media_type, written.method) == ("visit.ics", "application/ics", method)
        assert Calendar.from_ical(written.content)["METHOD"] == method


def test_an_invitation_goes_only_with_notices_that_change_a_calendar() -> None:
    with_one = {kind for kind in NoticeKind if WRITER.invitation(facts(kind), "ana@example.org") is not None}
    assert with_one == INVITATIONS


def test_there_is_no_invitation_without_a_visit_or_an_address_to_send_from() -> None:
    assert WRITER.invitation(facts(visit=None), "ana@example.org") is None
    assert WRITER.invitation(facts(entry=None), "ana@example.org") is None
    assert ICalendars(JinjaWords()).invitation(facts(), "ana@example.org") is None


@pytest.mark.parametrize(
    ("address", "mailto"),
    [
        ("ana+visits@example.org", "mailto:ana+visits@example.org"),
        ("a%b?c#d@example.org", "mailto:a%25b%3Fc%23d@example.org"),
        ("jos\u00e9@ex\u00e4mple.org", "mailto:jos%C3%A9@ex%C3%A4mple.org"),
    ],
)
def test_an_address_is_one_value_whatever_signs_it_has(address: str, mailto: str) -> None:
    assert str(event(facts(), address)["ATTENDEE"]) == mailto


def test_people_are_named_by_a_name_that_every_program_reads() -> None:
    named = event(facts(to_name='Ana "Nini" Ribeiro;\r\nX:1'))["ATTENDEE"]
    assert named.params["CN"] == "Ana 'Nini' Ribeiro; X:1"
    assert "CN" not in event(facts(to_name="\r\n"))["ATTENDEE"].params


def test_a_visit_of_an_unnamed_property_is_named_after_its_agency() -> None:
    bare = VisitFacts(start_time=AT, end_time=AT + timedelta(minutes=30), time_zone="UTC")
    found = event(facts(visit=bare))
    assert str(found["SUMMARY"]) == "Visit with Casa Clara Imobiliária"
    assert "LOCATION" not in found
    agency = replace(facts().agency, name=None, phone=None, website=None)
    unnamed = sample(NoticeKind.CONFIRMED, Recipient.AGENT, "en")
    found = event(replace(unnamed, visit=bare, agency=agency, entry=entry()))
    assert (str(found["SUMMARY"]), "DESCRIPTION" in found) == ("Visit with Your agency", False)
    assert "CN" not in found["ORGANIZER"].params
    feed = WRITER.feed(replace(facts().owner, agency=agency), [(entry(), bare)])
    assert b"X-WR-CALNAME" not in feed


def test_where_the_address_is_not_to_be_told_the_area_is() -> None:
    assert str(event(facts(visit=replace(VISIT, address=None)))["LOCATION"]) == "Chiado, Lisbon"


@settings(max_examples=examples(60))
@given(
    zone=st.sampled_from(sorted(time_zones.names())),
    minutes=st.integers(0, 10 * 365 * 24 * 60),
)
def test_the_times_of_a_visit_are_read_by_the_rules_in_the_file_alone(zone: str, minutes: int) -> None:
    start = AT + timedelta(minutes=minutes)
    calendar = WRITER.invitation(facts(visit=visit_at(zone, start)), "ana@example.org")
    assert calendar is not None
    read: Any = Calendar.from_ical(calendar.content)
    zones, (found,) = read.walk("VTIMEZONE"), read.walk("VEVENT")
    for name, instant in (("DTSTART", start), ("DTEND", start + timedelta(minutes=30))):
        written = found[name].dt.replace(tzinfo=None)
        rules = zones[0].to_tz(lookup_tzid=False) if zones else UTC
        assert written.replace(tzinfo=rules).astimezone(UTC) == instant, zone


def test_a_feed_is_the_same_as_long_as_its_visits_are() -> None:
    visits = [(replace(entry(), booking_id=UUID(int=number)), VISIT) for number in (1, 2)]
    assert WRITER.feed(facts().owner, visits) == WRITER.feed(facts().owner, visits)
    assert WRITER.feed(facts().owner, visits) != WRITER.feed(facts().owner, visits[:1])
