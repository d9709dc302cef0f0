"""What the contract does not know is refused, wherever it comes, and never overlooked or mended in silence."""

import re
from uuid import UUID

import pytest
from litestar.routes import HTTPRoute

from booking.capabilities import ROUTES, services_of
from booking.domain.people.agent import AgentRole
from booking.domain.refusals import InvalidRequest
from booking.entrypoints.http.app import litestar
from booking.entrypoints.http.inputs.reader import read_query
from booking.entrypoints.http.wire import CancelQuery
from tests.support.application import PAGE, ready
from tests.support.office import Office
from tests.support.stores import parts_of

ID = str(UUID(int=7))


def without_a_body() -> list[tuple[str, str]]:
    """Every operation that takes none, as the application has them. What is signed has one that is read by itself."""
    found: list[tuple[str, str]] = []
    for route in litestar(ROUTES, services_of(parts_of(Office().store)), Office().pipeline, ready, PAGE).routes:
        if isinstance(route, HTTPRoute) and route.path.startswith("/api/v1/"):
            for handler in route.route_handlers:
                for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"}):
                    if "content" not in (handler.dependencies or ()) and "signed" not in handler.opt:
                        found.append((str(method), re.sub(r"\{[^}]+\}", ID, route.path_format)))
    return sorted(found)


OPERATIONS = without_a_body()
OFFICE = Office()
"""For all: what is refused changes nothing, and to make one takes longer than to ask it."""
SAYING = [
    b'{"reason": "rain"}',
    b"[]",
    b'""',
    b"0",
    b"false",
    b"x",
    b"\xff",
    b" " * 70_000 + b"{}",
    b" " * 60_000 + b"x",
]
REQUIRED = {
    "/api/v1/availability": f"property_id={ID}",
    "/api/v1/reports/visits": "from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z",
    f"/api/v1/reports/properties/{ID}": "from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z",
    f"DELETE /api/v1/schedules/{ID}": "scope=all",
}
SILENT = [b"", b" \r\n\t", b"{}", b" { } ", b"null", b"\nnull "]


def test_there_are_such_operations() -> None:
    assert ("DELETE", f"/api/v1/bookings/{ID}") in OPERATIONS
    assert len(OPERATIONS) > 12


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
async def test_a_body_that_says_something_where_none_belongs_is_refused(method: str, path: str) -> None:
    required = REQUIRED.get(path) or REQUIRED.get(f"{method} {path}")
    path += f"?{required}" if required else ""
    async with OFFICE.client(Authorization=f"Bearer {OFFICE.token(role=AgentRole.ADMIN)}") as http:
        told = [] if path.endswith("/stream") else SILENT  # that has no end
        silent = [await http.request(method, path, content=body) for body in told]
        saying = [await http.request(method, path, content=body) for body in SAYING]
    assert 400 not in {answer.status_code for answer in silent}
    if silent and silent[0].status_code == 403:  # for applicants: the role comes first
        assert {answer.status_code for answer in saying} == {403}
        return
    assert {answer.status_code for answer in saying} == {400}
    assert [answer.json()["code"] for answer in saying] == len(SAYING) * ["invalid_request"]
    nothing = {"pointer": "#", "code": "not_allowed", "detail": "takes no body", "parameter": None}
    assert saying[0].json()["errors"] == [nothing]


@pytest.mark.parametrize("body", SILENT)
async def test_where_a_body_may_be_left_out_one_that_says_nothing_is_none(body: bytes) -> None:
    office = Office()
    async with office.client(Authorization=f"Bearer {office.token()}") as http:
        answer = await http.post(f"/api/v1/bookings/{ID}/decline", content=body)
    assert answer.json()["code"] == "booking_not_found"


TIMES = {
    "2030-01-01T10:00:00Z": True,
    "2030-01-01t10:00:00.5z": True,
    "2030-01-01T10:00:00+01:00": True,
    "2030-01-01T10:00:00-00:00": True,
    "2030-01-01T10:00:00+0100": False,
    "2030-01-01T10:00:00-0530": False,
    "2030-01-01T10:00:00+01": False,
    "2030-01-01 10:00:00Z": False,
    "2030-01-01T10:00:00": False,
    "2030-01-01T10:00Z": False,
    "\u0662\u0660\u0663\u0660-01-01T10:00:00Z": False,
}


@pytest.mark.parametrize("time", TIMES)
async def test_a_time_is_written_as_rfc_3339_has_it_in_bodies_and_queries(time: str) -> None:
    office = Office()
    content = {"property_id": ID, "start_time": time, "end_time": "2030-01-01T12:00:00Z"}
    async with office.client(Authorization=f"Bearer {office.token()}") as http:
        await http.get("/api/v1/me")
        offered = await http.post("/api/v1/slots", json=content)
        listed = [await http.get(path, params={"from": time}) for path in ("/api/v1/slots", "/api/v1/bookings")]
    if TIMES[time]:
        assert {offered.status_code, *(answer.status_code for answer in listed)} == {201, 200}
    else:
        assert [answer.status_code for answer in (offered, *listed)] == [400, 400, 400]
        wrong = {"code": "wrong_format", "detail": "must be a time with its offset, such as 2026-12-08T10:00:00Z"}
        assert offered.json()["errors"] == [{"pointer": "#/start_time", "parameter": None, **wrong}]
        for answer in listed:
            assert answer.json()["errors"] == [{"pointer": "#/from", "parameter": "from", **wrong}]


@pytest.mark.parametrize("query", ["reason=%ff", "reason=a%C3", "reason=%ED%A0%80", "reas%ff=1"])
async def test_bytes_that_are_no_utf_8_in_a_query_are_refused(query: str) -> None:
    office = Office()
    async with office.client(Authorization=f"Bearer {office.token()}") as http:
        answers = []
        for method, path in (("DELETE", f"/api/v1/slots/{ID}"), ("GET", "/api/v1/applicants"), ("GET", "/api/v1/me")):
            asked = query.replace("reason", "q") if path.endswith("applicants") else query
            request = http.build_request(method, path)
            request.url = request.url.copy_with(query=asked.encode())
            answers.append(await http.send(request))
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(400, "invalid_request")}
    for answer in answers:
        assert "is not UTF-8" in [fault["detail"] for fault in answer.json()["errors"]]


def test_a_raw_byte_that_is_no_utf_8_is_one_fault_and_other_faults_are_told_with_it() -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_query(b"reason=\xff&&x=1&x=2", CancelQuery)
    assert [(one.pointer, one.parameter, one.code, one.detail) for one in refused.value.faults] == [
        ("#/reason", "reason", "wrong_format", "is not UTF-8"),
        ("#/x", "x", "repeated", "is given more than once"),
        ("#/x", "x", "unknown", "is not known"),
    ]


async def test_utf_8_in_a_query_is_taken_as_it_is() -> None:
    office = Office()
    async with office.client(Authorization=f"Bearer {office.token()}") as http:
        answers = [await http.get(f"/api/v1/applicants?q={text}") for text in ("J%C3%B6rg+x", "Jörg%20x", "a%zz", "")]
    assert {answer.status_code for answer in answers} <= {200, 400}
    assert [answer.status_code for answer in answers[:3]] == [200, 200, 200]


@pytest.mark.parametrize(
    "slot_id", [UUID(ID).hex, f"{{{ID}}}", "\\u0030" + UUID(ID).hex[1:], ID[:-1], ID + "0", f"urn:uuid:{ID}"]
)
async def test_an_id_is_written_with_its_dashes(slot_id: str) -> None:
    office = Office()
    async with office.client(Authorization=f"Bearer {office.token()}") as http:
        path = await http.get(f"/api/v1/slots/{slot_id}")
        query = await http.get("/api/v1/slots", params={"property_id": slot_id})
        body = await http.post("/api/v1/bookings", content=f'{{"slot_id": "{slot_id}", "applicant_id": "{ID}"}}')
    assert (path.status_code, query.status_code, body.status_code) == (404, 400, 400)
    (fault,) = body.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("#/slot_id", "wrong_format")
    assert fault["detail"].startswith("must be a UUID, such as")
