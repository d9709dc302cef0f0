"""Weeks of slots as files: back and forth the same, an agency's table as people make it, faults by line."""

import csv
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import httpx
import pytest

from booking.domain.people.agent import AgentRole
from tests.support.office import Office

PATH = "/api/v1/slots/import"
HOME = str(uuid4())
CSV, CALENDAR = "text/csv", "text/calendar"
YEAR = datetime.now(UTC).year + 1
BERLIN = "?time_zone=Europe/Berlin"


def client(office: Office, role: AgentRole = AgentRole.ADMIN) -> httpx.AsyncClient:
    return office.client(Authorization=f"Bearer {office.token(role=role)}")


async def sent(
    http: httpx.AsyncClient, content: str | bytes, query: str = "", media_type: str = CSV, **headers: str
) -> httpx.Response:
    return await http.post(PATH + query, content=content, headers={"Content-Type": media_type, **headers})


async def faults(content: str | bytes, query: str = "", media_type: str = CSV) -> list[tuple[str, str]]:
    """Return where each fault is, and its code; nothing was offered."""
    async with client(Office()) as http:
        answer = await sent(http, content, query, media_type)
        assert (await http.get("/api/v1/slots")).json()["slots"] == []
    assert answer.status_code == 400, answer.text
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


def calendar(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", ""])


def event(*lines: str) -> list[str]:
    return ["BEGIN:VEVENT", *lines, "END:VEVENT"]


def said(file: httpx.Response) -> list[Mapping[str, str]]:
    """Return what a table says, but for what is new of new slots."""
    new = ("id", "created_at", "updated_at")
    return [
        {name: cell for name, cell in row.items() if name not in new} for row in csv.DictReader(StringIO(file.text))
    ]


async def exported(http: httpx.AsyncClient, media_type: str) -> httpx.Response:
    return await http.get(
        "/api/v1/slots?status=available,booked&time_zone=Europe/Berlin", headers={"Accept": media_type}
    )


@pytest.mark.parametrize("media_type", [CSV, CALENDAR])
async def test_a_year_of_slots_goes_out_and_comes_back_the_same(media_type: str) -> None:
    chance = random.Random(90)
    async with client(Office()) as http:
        for number in chance.sample(range(365 * 4), 60):
            start = datetime(YEAR, 1, 1, tzinfo=UTC) + number * timedelta(hours=6, minutes=0)
            end = start + timedelta(minutes=chance.randrange(15, 360))
            slot = {"property_id": str(uuid4()), "start_time": start.isoformat(), "end_time": end.isoformat()}
            created = await http.post("/api/v1/slots", json={**slot, "capacity": chance.randrange(1, 200)})
            assert created.status_code == 201
        before, file = await exported(http, CSV), await exported(http, media_type)
        assert file.headers["Content-Type"].startswith(media_type)
        ids = [slot["id"] for slot in csv.DictReader(StringIO(before.text))]
        await http.post("/api/v1/slots/batch-cancel", json={"ids": ids, "mode": "all"})
        assert said(await exported(http, CSV)) == []
        assert (await sent(http, file.content, media_type=media_type)).status_code == 200
        assert said(await exported(http, CSV)) == said(before)
        assert len(ids) == 60
        everything = await http.get("/api/v1/slots", headers={"Accept": media_type})
        results = (await sent(http, everything.content, "?mode=each", media_type)).json()["results"]
    assert {status: [one["status"] for one in results].count(status) for status in ("skipped", "refused")} == {
        "skipped": 60,
        "refused": 60,
    }


async def test_a_table_as_spreadsheets_write_it_is_read_by_line() -> None:
    table = (
        "\ufeffStart_Time;end_time; Capacity ;property_label;\r\n"
        f'{YEAR}-12-01 09:00;{YEAR}-12-01T10:00:30;"2";"Elm; Street\r\n5";\r\n'
        ";;;;\r\n"
        "\r\n"
        f"{YEAR}-12-01T10:00:00Z;{YEAR}-12-01T11:00:00+00:00;;=1+1;;;\r\n"
    )
    async with client(Office()) as http:
        dry = await sent(http, table, f"{BERLIN}&property_id={HOME}&dry_run=true")
        assert [(one["line"], one["status"], one["slot"]) for one in dry.json()["results"]] == [
            (2, "fits", None),
            (6, "fits", None),
        ]
        assert (await http.get("/api/v1/slots")).json()["slots"] == []
        made = await sent(
            http, table.encode(), f"{BERLIN}&property_id={HOME}", "text/csv; charset=UTF-8; header=present"
        )
        again = await sent(http, table, f"{BERLIN}&property_id={HOME}&mode=each&dry_run=true")
        all_or_none = await sent(http, table, f"{BERLIN}&property_id={HOME}")
    slots = [one["slot"] for one in made.json()["results"]]
    assert [(one["start_time"], one["end_time"], one["capacity"], one["property_id"]) for one in slots] == [
        (f"{YEAR}-12-01T08:00:00Z", f"{YEAR}-12-01T09:00:30Z", 2, HOME),
        (f"{YEAR}-12-01T10:00:00Z", f"{YEAR}-12-01T11:00:00Z", 1, HOME),
    ]
    assert [(one["line"], one["error"]["code"]) for one in again.json()["results"]] == [
        (2, "slot_overlap"),
        (6, "slot_overlap"),
    ]
    assert (all_or_none.status_code, [one["index"] for one in all_or_none.json()["results"]]) == (409, [2, 6])


async def test_every_fault_of_a_table_is_told_by_its_line() -> None:
    table = (
        "start_time,end_time,property_id,capacity,time_zone\n"
        f"{YEAR}-02-30 09:00,tomorrow,=HYPERLINK(1),0,\n"
        f"1,2,3,4,5,6\n"
        f"{YEAR}-12-01 09:00,{YEAR}-12-01 10:00,{HOME},1,Mars/Olympus\n"
        f",{YEAR}-12-01 10:00,{HOME},1,\n"
        f"2027-03-28 02:30,2027-10-31 02:30,{HOME},1,\n"
        f"12.01.{YEAR} 09:00,{YEAR}-12-01 10:00:00Z,nobody,many,\n"
    )
    assert await faults(table, BERLIN) == [
        ("#/lines/2/property_id", "not_allowed"),
        ("#/lines/2/start_time", "wrong_format"),
        ("#/lines/2/end_time", "wrong_format"),
        ("#/lines/2/capacity", "out_of_range"),
        ("#/lines/3", "not_allowed"),
        ("#/lines/3/property_id", "required"),
        ("#/lines/3/start_time", "required"),
        ("#/lines/3/end_time", "required"),
        ("#/lines/4/time_zone", "not_one_of"),
        ("#/lines/4/start_time", "wrong_format"),
        ("#/lines/4/end_time", "wrong_format"),
        ("#/lines/5/start_time", "required"),
        ("#/lines/6/start_time", "not_allowed"),
        ("#/lines/6/end_time", "not_allowed"),
        ("#/lines/7/property_id", "wrong_format"),
        ("#/lines/7/start_time", "wrong_format"),
        ("#/lines/7/end_time", "wrong_format"),
        ("#/lines/7/capacity", "wrong_type"),
    ]
    assert await faults(table.replace("Mars/Olympus", "").splitlines()[0] + f"\n{YEAR}-12-01 09:00,2,{HOME},1,\n") == [
        ("#/lines/2/start_time", "required"),
        ("#/lines/2/end_time", "wrong_format"),
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", [("#", "wrong_length")]),
        ("start_time,end_time,property_id\n", [("#", "wrong_length")]),
        (
            "\nstart_time,end_time,end_time,co/lour\n",
            [
                ("#/lines/2/co~1lour", "unknown"),
                ("#/lines/2/end_time", "repeated"),
                ("#/lines/2/property_id", "required"),
            ],
        ),
        ('start_time,end_time,property_id\n1,"2"3,4\n', [("#/lines/2", "wrong_format")]),
        (b"start_time,end_time,property_id\n1,2,Stra\xdfe\n", [("#/lines/2", "wrong_format")]),
    ],
)
async def test_a_table_that_is_none_says_where(content: str | bytes, expected: list[tuple[str, str]]) -> None:
    assert await faults(content) == expected


START, END = f"DTSTART;TZID=W. Europe Standard Time:{YEAR}1201T090000", f"DTEND;TZID=Europe/Berlin:{YEAR}1201T100000"


async def test_events_of_other_programs_are_slots() -> None:
    zone = ["BEGIN:VTIMEZONE", "TZID:Europe/Berlin", "RRULE:FREQ=SECONDLY", "END:VTIMEZONE"]
    alarm = ["BEGIN:VALARM", "DTSTART:no time", "END:VALARM"]
    content = calendar(
        *zone,
        *event(START, END, "SUMMARY:Visit", *alarm),
        *event(f"DTSTART:{YEAR}1202T090000", f"DTEND:{YEAR}1202T100000Z", "X-BOOKING-CAPACITY:3"),
        *event(START, END, "STATUS:CANCELLED"),
    )
    async with client(Office()) as http:
        results = (await sent(http, content, f"{BERLIN}&property_id={HOME}", CALENDAR)).json()["results"]
    assert [(one["line"], one["status"], (one["slot"] or {}).get("start_time")) for one in results] == [
        (1, "created", f"{YEAR}-12-01T08:00:00Z"),
        (2, "created", f"{YEAR}-12-02T08:00:00Z"),
        (3, "skipped", None),
    ]


async def test_every_fault_of_a_calendar_is_told_by_its_event() -> None:
    content = calendar(
        *event(START, END, "RRULE:FREQ=SECONDLY", "RDATE:20261201T000000Z"),
        *event(f"DTSTART;VALUE=DATE:{YEAR}1201", "DURATION:PT1H"),
        *event(START, START, "DTEND;TZID=Asia/Tokyo:20261201T000000", "no line"),
        *event(START, "DTEND;TZID=Asia/Tokyo:20261201T000000"),
        *event(f"DTSTART;TZID=Mine:{YEAR}1201T090000", f"DTEND;TZID=Mine:{YEAR}1301T100000"),
    )
    assert await faults(content, f"?property_id={HOME}", CALENDAR) == [
        ("#/events/1/rrule", "not_allowed"),
        ("#/events/1/rdate", "not_allowed"),
        ("#/events/2/start_time", "not_allowed"),
        ("#/events/2/duration", "not_allowed"),
        ("#/events/2/end_time", "required"),
        ("#/events/3/start_time", "not_allowed"),
        ("#/events/3/end_time", "not_allowed"),
        ("#/events/3", "not_allowed"),
        ("#/events/4/end_time", "not_allowed"),
        ("#/events/5/time_zone", "not_one_of"),
        ("#/events/5/start_time", "wrong_format"),
        ("#/events/5/end_time", "wrong_format"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"\xff",
        "BEGIN:VEVENT\nEND:VEVENT",
        "VERSION:2.0",
        "nothing",
        "BEGIN:VCALENDAR\n",
        "BEGIN:VCALENDAR\nEND:VEVENT",
        "END:VCALENDAR",
        calendar(*event(*event(START, END))),
        "BEGIN:VCALENDAR\n" * 10_000,
        "BEGIN:VCALENDAR\n" + "BEGIN:X\n" * 20_000,
    ],
)
async def test_no_calendar_is_refused_as_a_whole(content: str | bytes) -> None:
    assert await faults(content, media_type=CALENDAR) == [("#", "wrong_format")]


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        ("start_time,end_time,property_id\n" + "1,2,3\n" * 501, CSV),
        (calendar(*event() * 501), CALENDAR),
    ],
)
async def test_more_than_five_hundred_are_too_many(content: str, media_type: str) -> None:
    async with client(Office()) as http:
        answer = await sent(http, content, media_type=media_type)
    assert (answer.status_code, answer.json()["code"]) == (422, "batch_too_large")


@pytest.mark.parametrize(
    ("media_type", "body", "status", "code"),
    [
        ("application/json", b"{}", 400, "invalid_header"),
        ("text/csv; charset=utf-16", b"", 400, "invalid_header"),
        ("text/csv", b" " * (256 * 1024 + 1), 413, "body_too_large"),
    ],
)
async def test_other_bodies_are_refused(media_type: str, body: bytes, status: int, code: str) -> None:
    async with client(Office()) as http:
        answer = await sent(http, body, media_type=media_type)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def table_of(slots: int, **more: Any) -> str:
    first = datetime(YEAR, 1, 1, tzinfo=UTC)
    starts = [first + timedelta(hours=2 * number) for number in range(slots)]
    lines = [f"{HOME},{start.isoformat()},{(start + timedelta(hours=1)).isoformat()}" for start in starts]
    return "\n".join(["property_id,start_time,end_time", *lines, lines[0]])


async def test_each_line_counts_by_itself_and_a_key_has_the_answer_of_then() -> None:
    async with client(Office()) as http:
        first = await sent(http, table_of(70), "?mode=each", **{"Idempotency-Key": "a"})
        again = await sent(http, table_of(70), "?mode=each", **{"Idempotency-Key": "a"})
    results = first.json()["results"]
    assert [one["line"] for one in results] == [*range(2, 73)]
    assert {one["status"] for one in results[:-1]} == {"created"}
    assert results[-1]["error"]["overlaps"] == [{"slot_id": results[0]["slot"]["id"], "index": 2}]
    assert (again.headers["Idempotency-Replayed"], again.json()) == ("true", first.json())


async def test_a_member_brings_no_slots_for_a_colleague() -> None:
    async with client(Office(), AgentRole.MEMBER) as http:
        answer = await sent(http, table_of(1), f"?agent_id={uuid4()}")
        bare = await sent(http, "start_time,end_time,property_id,status\n1,2,3,cancelled\n")
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_role")
    assert bare.json() == {"results": [{"line": 2, "status": "skipped", "slot": None, "error": None}]}
