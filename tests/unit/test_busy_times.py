"""Calendars outside: read from a real server, with bounds, and expanded to busy times."""

from datetime import UTC, datetime, timedelta

import pytest

from booking.adapters.calendar_reader import CalendarReader
from booking.adapters.calendars import busy_times as reading
from booking.adapters.calendars.busy_times import busy_times
from booking.adapters.outgoing.client import Outgoing
from booking.domain.planning.agent_calendar import LARGEST_CALENDAR, Busy
from booking.service.planning.agent_calendars import Reading, Unreadable, Validators
from tests.support.receivers import endless, receiver, saying

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
YEAR = NOW + timedelta(days=366)
NEW_YEAR = Busy(datetime(2027, 1, 6, 10, tzinfo=UTC), datetime(2027, 1, 6, 11, tzinfo=UTC))


def calendar(*events: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tests//EN"]
    for number, event in enumerate(events):
        uid = [] if "UID:" in event else [f"UID:{number}"]
        lines += ["BEGIN:VEVENT", *uid, "SUMMARY:secret words", *event.split(), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def utc(day: int, hour: float, hours: float = 1, month: int = 12) -> Busy:
    start = datetime(2026, month, day, tzinfo=UTC) + timedelta(hours=hour)
    return Busy(start, start + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (["DTSTART:20261203T100000Z DTEND:20261203T110000Z"], [utc(3, 10)]),
        (["DTSTART:20261203T100000 DURATION:PT30M"], [utc(3, 9, 0.5)]),
        (["DTSTART;VALUE=DATE:20261224 DTEND;VALUE=DATE:20261226"], [utc(23, 23, 48)]),
        (["DTSTART;TZID=America/New_York:20261203T100000 DTEND;TZID=America/New_York:20261203T110000"], [utc(3, 15)]),
        (["DTSTART:20261203T100000Z DTEND:20261203T110000Z TRANSP:TRANSPARENT"], []),
        (["DTSTART:20261203T100000Z DTEND:20261203T110000Z STATUS:CANCELLED"], []),
        (["DTSTART:20261203T100000Z"], []),
        (["DTSTART:20261120T100000Z DTEND:20261120T110000Z"], []),
        (["DTSTART:20261130T110000Z DTEND:20261130T130000Z"], [utc(30, 11, 2, month=11)]),
        (
            [
                "DTSTART:20261201T100000Z DTEND:20261201T110000Z",
                "DTSTART:20261201T101500Z DTEND:20261201T102000Z",
                "DTSTART:20261201T103000Z DTEND:20261201T120000Z",
                "DTSTART:20261201T120000Z DTEND:20261201T123000Z",
            ],
            [utc(1, 10, 2.5)],
        ),
        (
            [
                "UID:a DTSTART:20260105T100000Z DTEND:20260105T110000Z RRULE:FREQ=WEEKLY;UNTIL=20261221T235959Z"
                " EXDATE:20261207T100000Z",
                "UID:a RECURRENCE-ID:20261214T100000Z DTSTART:20261215T150000Z DTEND:20261215T160000Z",
            ],
            [utc(15, 15), utc(21, 10)],
        ),
    ],
    ids=["utc", "local", "whole days", "zone", "free", "cancelled", "instant", "past", "now", "merged", "series"],
)
def test_a_calendar_is_busy_when_its_events_are(events: list[str], expected: list[Busy]) -> None:
    assert busy_times(calendar(*events), "Europe/Berlin", NOW, YEAR) == expected


def test_single_events_that_are_over_are_not_taken_apart() -> None:
    past, coming = "DTSTART:20200101T100000Z DTEND:20200101T110000Z", "DTSTART:20261203T100000Z DTEND:20261203T110000Z"
    series = "DTSTART:20200106T100000Z DTEND:20200106T110000Z RRULE:FREQ=YEARLY"
    content = calendar(past, coming, past, series, past)
    assert reading._coming(content, NOW).count(b"UID:") == 2
    assert busy_times(content, "UTC", NOW, YEAR) == [utc(3, 10), NEW_YEAR]


@pytest.mark.parametrize(
    "end", ["DTEND:99991231T235959Z", "DTEND;TZID=America/New_York:99991231T235959", "DURATION:P999999W"]
)
def test_an_event_that_goes_on_for_ever_is_busy_as_far_as_anybody_looks(end: str) -> None:
    since, coming = "DTSTART:20261203T100000Z", "DTSTART:20261201T100000Z DTEND:20261201T110000Z"
    first, last = busy_times(calendar(f"{since} {end}", coming), "UTC", NOW, YEAR)
    assert (first, last.start_time) == (utc(1, 10), utc(3, 10).start_time)
    assert last.end_time > YEAR


def test_of_many_events_the_first_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_OCCURRENCES", 3)
    many = [f"DTSTART:202612{day:02}T100000Z DTEND:202612{day:02}T110000Z" for day in (9, 3, 5, 2, 7)]
    assert busy_times(calendar(*many), "UTC", NOW, YEAR) == [utc(2, 10), utc(3, 10), utc(5, 10)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>secret words</html>",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n",
        calendar("DTSTART:20261203T100000Z RRULE:FREQ=SECONDLY"),
        calendar("DTSTART:20261203T100000Z RRULE:FREQ=HOURLY"),
        calendar("DTSTART:20261203T100000Z RRULE:FREQ=DAILY;BYHOUR=1,2,3"),
    ],
    ids=["nothing", "a page", "broken", "each second", "each hour", "some hours"],
)
def test_what_is_no_calendar_or_without_bounds_is_unreadable(content: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        busy_times(content, "UTC", NOW, YEAR)
    assert (str(refused.value), refused.value.__cause__) == ("", None)


def test_a_calendar_that_takes_long_ends_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day that never comes: the library would look for it until the year 9999."""
    monkeypatch.setattr(reading, "PATIENCE", 0.05)
    never = "DTSTART:20261203T100000Z DTEND:20261203T110000Z RRULE:FREQ=DAILY;BYMONTHDAY=30;BYMONTH=2"
    with pytest.raises(Unreadable):
        busy_times(calendar(never), "UTC", NOW, YEAR)


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


async def read(behave: bytes, known: Validators) -> tuple[Reading, str]:
    async with receiver(saying(behave)) as server:
        reader = CalendarReader(Outgoing(deadline=5.0), loopback=True)
        url = f"http://127.0.0.1:{server.port}/secret.ics"
        return await reader.read(url, known, zone="UTC", since=NOW, until=YEAR), server.heads[0].decode()


async def test_a_calendar_is_read_from_its_server_and_next_time_only_if_it_has_changed() -> None:
    known = Validators('"1"', "Mon, 30 Nov 2026 10:00:00 GMT")
    body = calendar("DTSTART:20261203T100000Z DTEND:20261203T110000Z")
    found, head = await read(answer(body, 'ETag: "1"', "Last-Modified: Mon, 30 Nov 2026 10:00:00 GMT"), Validators())
    assert found == Reading([utc(3, 10)], known)
    assert "If-" not in head
    again, head = await read(b"HTTP/1.1 304 Not Modified\r\n\r\n", known)
    assert again == Reading(None, known)
    assert 'If-None-Match: "1"\r\n' in head
    assert "If-Modified-Since: Mon, 30 Nov 2026 10:00:00 GMT\r\n" in head


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 304 Not Modified\r\n\r\n",
        answer(b"", status="404 Not Found"),
        answer(b"", "Location: http://127.0.0.1/", status="302 Found"),
        answer(b"no calendar"),
    ],
    ids=["unasked", "missing", "elsewhere", "no calendar"],
)
async def test_what_gives_no_calendar_is_unreadable(said: bytes) -> None:
    with pytest.raises(Unreadable):
        await read(said, Validators())


async def test_no_more_than_five_megabytes_are_taken_in() -> None:
    async with receiver(endless(b"HTTP/1.1 200 OK\r\n\r\nBEGIN:VCALENDAR\r\n", b"X:" + b"x" * 65_536)) as server:
        reader = CalendarReader(Outgoing(), loopback=True)
        url = f"http://127.0.0.1:{server.port}/"
        with pytest.raises(Unreadable):
            await reader.read(url, Validators(), zone="UTC", since=NOW, until=YEAR)
    assert LARGEST_CALENDAR == 5 * 1024 * 1024


async def test_a_calendar_that_is_too_large_is_not_read_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    body = calendar("DTSTART:20261203T100000Z DTEND:20261203T110000Z")
    for largest in (len(body), len(body) - 2):  # without its last line end it is a calendar still
        monkeypatch.setattr("booking.adapters.calendar_reader.LARGEST_CALENDAR", largest)
        if largest == len(body):
            assert (await read(answer(body), Validators()))[0].busy == [utc(3, 10)]
        else:
            with pytest.raises(Unreadable):
                await read(answer(body), Validators())


async def test_no_way_leads_inside() -> None:
    reader = CalendarReader(Outgoing(deadline=5.0), loopback=False)
    async with receiver(saying(answer(calendar()))) as server:
        for url in (f"http://127.0.0.1:{server.port}/", "http://127.0.0.1/", "https://10.0.0.1/", "https://localhost/"):
            with pytest.raises(Unreadable):
                await reader.read(url, Validators(), zone="UTC", since=NOW, until=YEAR)
        assert server.heads == []
