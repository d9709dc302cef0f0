"""Live streams over the wire: nothing lost or told twice, whose they are, and how they end."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import msgspec
import pytest

from booking.adapters.tokens.minting import mint
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Agency
from tests.e2e.driver import Caller, Instance, eventually, problem, tomorrow

PATH = "/api/v1/stream"
SLOTS = {"types": "slot.created"}


@dataclass(frozen=True)
class Reader:
    """Stream as a browser reads it: blocks of fields between empty lines."""

    answer: httpx.Response
    blocks: Iterator[dict[str, str]]

    def next(self, field: str = "data") -> dict[str, str]:
        """The next block with such a field; an assertion fails at the end of the stream."""
        for block in self.blocks:
            if field in block:
                return block
        raise AssertionError("the stream ended")

    def subjects(self, count: int) -> list[str]:
        return [msgspec.json.decode(self.next()["data"])["subject"] for _ in range(count)]


@contextmanager
def reading(caller: Caller, last: str | None = None, **parameters: str) -> Iterator[Reader]:
    """On a connection of its own, that nobody has to wait for."""
    known = {"Authorization": f"Bearer {caller.token}"} if caller.token else {}
    headers = known | ({"Last-Event-ID": last} if last else {})
    with (
        httpx.Client(base_url=caller.http.base_url, timeout=30) as http,
        http.stream("GET", PATH, headers=headers, params=parameters) as answer,
    ):
        if answer.is_error:
            answer.read()
        yield Reader(answer, blocks(answer))


def blocks(answer: httpx.Response) -> Iterator[dict[str, str]]:
    block: dict[str, str] = {}
    for line in answer.iter_lines():
        if line:
            name, _, value = line.partition(": ")
            block[name] = value
        else:
            yield block
            block = {}


def offered(agent: Caller, hours: float) -> str:
    answer = agent.offer(tomorrow(hours))
    assert answer.status_code == 201, answer.text
    slot: str = answer.json()["slot"]["id"]
    return slot


def test_a_stream_begins_at_the_end_with_a_position_and_tells_events_as_the_feed_does(instance: Instance) -> None:
    admin = instance.organization().admin()
    before = offered(admin, 0)
    eventually(lambda: admin.get("/api/v1/events", **SLOTS).json()["events"] or None)
    with reading(admin, **SLOTS) as reader:
        first = reader.next("id")
        slot = offered(admin, 2)
        block = reader.next()
    assert reader.answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert reader.answer.headers["Cache-Control"] == "no-store"
    assert reader.answer.headers["X-Accel-Buffering"] == "no"
    assert "Content-Length" not in reader.answer.headers
    assert 1_000 <= int(first["retry"]) <= 3_000
    (event,) = admin.get("/api/v1/events", after=first["id"], **SLOTS).json()["events"]
    assert (block["event"], msgspec.json.decode(block["data"])) == ("slot.created", event)
    assert event["subject"] == slot != before
    assert admin.get("/api/v1/events", after=block["id"], **SLOTS).json()["events"] == []


def test_a_reader_that_comes_again_misses_nothing_and_is_told_nothing_twice(instance: Instance) -> None:
    admin = instance.organization().admin()
    made: list[str] = []
    told: list[str] = []
    last: str | None = None
    with reading(admin, **SLOTS) as reader:
        last = reader.next("id")["id"]
    for count in (1, 3, 2):  # of five that are offered each time, some are read
        made += [offered(admin, 2 * len(made) + hours) for hours in range(0, 10, 2)]
        with reading(admin, last, **SLOTS) as reader:
            for _ in range(count):
                block = reader.next()
                last = block["id"]
                told.append(msgspec.json.decode(block["data"])["subject"])
    with reading(admin, last, **SLOTS) as reader:
        told += reader.subjects(len(made) - len(told))
        made.append(offered(admin, 2 * len(made)))
        told += reader.subjects(1)
    assert told == made


def test_many_readers_of_an_organization_hear_each_what_is_theirs(instance: Instance) -> None:
    agency = instance.organization()
    admin, agent, applicant = agency.admin(), agency.agent(), agency.applicant()
    stranger = instance.organization().admin()
    with ExitStack() as stack:
        types = "slot.created,booking.confirmed,slot.availability_changed"
        everybody = (admin, agent, applicant, stranger)
        readers = [stack.enter_context(reading(one, types=types)) for one in everybody]
        for reader in readers:
            reader.next("id")
        foreign, own = offered(admin, 0), offered(agent, 0)
        elsewhere = offered(stranger, 0)
        booking = applicant.book(own).json()["booking"]["id"]
        to_admin, to_agent = readers[0].subjects(3), readers[1].subjects(2)
        to_applicant: list[str] = []
        while booking not in to_applicant:
            to_applicant += readers[2].subjects(1)
        assert readers[3].subjects(1) == [elsewhere]
    assert (to_admin, to_agent) == ([foreign, own, booking], [own, booking])
    assert set(to_applicant) == {foreign, own, booking}


def test_changes_of_one_slot_are_told_once_a_second_and_as_they_are_in_the_end(instance: Instance) -> None:
    agency = instance.organization()
    agent, watcher = agency.admin(), agency.applicant()
    start = tomorrow()
    times = {"start_time": start.isoformat(), "end_time": (start + timedelta(hours=1)).isoformat()}
    slot = agent.post("/api/v1/slots", {"property_id": str(uuid4()), "capacity": 9, **times}).json()["slot"]["id"]
    with reading(watcher, types="slot.availability_changed") as reader:
        reader.next("id")
        began = datetime.now(UTC)
        for capacity in range(10, 30):
            assert (
                agent.request("PUT", f"/api/v1/slots/{slot}/capacity", json={"capacity": capacity}).status_code == 200
            )
        told, left = 0, 0
        while left != 29:
            told, left = told + 1, msgspec.json.decode(reader.next()["data"])["data"]["availability"]["places_left"]
        seconds = (datetime.now(UTC) - began).total_seconds()
    assert told <= seconds + 2


def test_a_sixth_stream_of_one_person_is_refused_until_another_ends(instance: Instance) -> None:
    admin = instance.organization().admin()
    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(reading(admin))
        with reading(admin):
            with reading(admin) as sixth:
                assert problem(sixth.answer) == (429, "too_many_streams")
            assert sixth.answer.headers["Retry-After"] == "1"

        def begun() -> bool | None:
            with reading(admin) as reader:
                return reader.answer.status_code == 200 or None

        assert eventually(begun)


def test_a_stream_ends_when_its_reader_has_another_role(instance: Instance) -> None:
    agency, subject = instance.organization(), str(uuid4())

    def as_(role: AgentRole) -> Caller:
        return agency.caller(instance.token(subject=subject, agency=Agency(organization_id=agency.id, role=role)))

    with reading(as_(AgentRole.ADMIN)) as reader:
        reader.next("id")
        began = datetime.now(UTC)
        assert as_(AgentRole.MEMBER).get("/api/v1/me").status_code == 200  # the newer token counts
        while (block := reader.next())["event"] != "access_changed":
            assert block["event"].startswith("agent.")
    assert block == {"event": "access_changed", "data": '{"code":"access_changed"}'}
    assert datetime.now(UTC) - began < timedelta(seconds=5)


def test_a_stream_ends_with_its_token(instance: Instance) -> None:
    agency = Agency(organization_id=uuid4(), role=AgentRole.ADMIN)
    token = mint(
        instance.env["JWT_SECRET"],
        subject=str(uuid4()),
        lifetime=timedelta(seconds=-27),  # it is believed for half a minute longer, and the stream lasts as long
        agency=agency,
        issuer=instance.env.get("JWT_ISSUER"),
    )
    caller = Caller(token, instance.http)
    with reading(caller, types="slot.created") as reader:
        assert reader.next() == {"event": "token_expired", "data": '{"code":"token_expired"}'}
        assert list(reader.blocks) == []
    assert caller.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"after": "nothing"}, 400, "invalid_cursor"),
        ({"last": "nothing"}, 400, "invalid_cursor"),
        ({"types": "SLOT"}, 400, "invalid_request"),
        ({"wait": "1"}, 400, "invalid_request"),
    ],
)
def test_faults_are_told_before_the_stream_begins(
    instance: Instance, given: dict[str, Any], status: int, code: str
) -> None:
    with reading(instance.organization().admin(), **given) as reader:
        assert problem(reader.answer) == (status, code)


def test_a_ticket_lets_in_one_reader_without_a_token_for_what_was_asked(instance: Instance) -> None:
    agency = instance.organization()
    admin, nobody = agency.admin(), agency.caller("")
    with reading(admin) as reader:
        begun = reader.next("id")["id"]
    slot = offered(admin, 0)
    issued = admin.post("/api/v1/stream-tickets", {"after": begun, "types": ["slot.created"]})
    assert issued.status_code == 201
    ticket = issued.json()["ticket"]
    with reading(nobody, ticket=ticket) as reader:
        assert reader.subjects(1) == [slot]
    for used in (ticket, "x" * 64):
        with reading(nobody, ticket=used) as reader:
            assert problem(reader.answer) == (401, "unauthenticated")
    another = admin.post("/api/v1/stream-tickets", {}).json()["ticket"]
    with reading(nobody, ticket=another, types="slot.created") as reader:
        assert problem(reader.answer) == (400, "invalid_request")


def test_head_is_answered_without_a_stream(instance: Instance) -> None:
    answer = instance.organization().admin().request("HEAD", PATH)
    assert (answer.status_code, answer.content) == (200, b"")


def test_who_does_not_read_is_cut_off_and_others_go_on(instance: Instance) -> None:
    admin = instance.organization().admin()
    address = urlsplit(instance.env["BASE_URL"])
    with socket.socket() as slow, reading(admin, **SLOTS) as quick:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect((address.hostname, address.port))
        slow.sendall(f"GET {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {admin.token}\r\n\r\n".encode())
        assert slow.recv(12) == b"HTTP/1.1 200"
        quick.next("id")
        made = []
        for day in range(2):
            start = tomorrow(24 * day)
            items = [
                {
                    "property_id": str(uuid4()),
                    "start_time": (start + timedelta(minutes=number)).isoformat(),
                    "end_time": (start + timedelta(minutes=number + 1)).isoformat(),
                }
                for number in range(500)
            ]
            answer = admin.post("/api/v1/slots/batch", {"slots": items, "mode": "each"})
            assert answer.status_code in {200, 201, 207}, answer.text
            made += [one["slot"]["id"] for one in answer.json()["results"]]
        assert sorted(quick.subjects(1_000)) == sorted(made)
        with ExitStack() as stack:
            for _ in range(3):
                stack.enter_context(reading(admin))

            def begun() -> bool | None:  # there is room for a fifth only once the slow one is cut off
                with reading(admin) as reader:
                    return reader.answer.status_code == 200 or None

            with reading(admin) as sixth:
                assert problem(sixth.answer) == (429, "too_many_streams")
            assert eventually(begun)
        got = b"".join(iter(lambda: received(slow), b""))
    assert len(got) < 400_000


def received(slow: socket.socket) -> bytes:
    try:
        return slow.recv(65_536)
    except ConnectionResetError:
        return b""
