"""HTTP as clients meet it: what is refused, in which order and words, and what every answer carries."""

import http.client
import json
import re
import socket
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from booking import files
from tests.e2e.driver import Caller, Instance, Organization, problem, tomorrow


@pytest.fixture(scope="module")
def agency(instance: Instance) -> Organization:
    return instance.organization()


@pytest.fixture(scope="module")
def agent(agency: Organization) -> Caller:
    return agency.agent()


@pytest.fixture(scope="module")
def applicant(agency: Organization) -> Caller:
    return agency.applicant()


PLACES = [
    ("POST", "/api/v1/slots"),
    ("GET", "/api/v1/slots"),
    ("GET", "/api/v1/slots/{id}"),
    ("DELETE", "/api/v1/slots/{id}"),
    ("GET", "/api/v1/properties/{id}/slots"),
    ("POST", "/api/v1/bookings"),
    ("GET", "/api/v1/bookings"),
    ("GET", "/api/v1/bookings/{id}"),
    ("DELETE", "/api/v1/bookings/{id}"),
    ("GET", "/api/v1/me"),
]


@pytest.mark.parametrize(("method", "path"), PLACES)
def test_the_token_comes_before_everything_else(instance: Instance, method: str, path: str) -> None:
    """Whatever else is wrong with the request."""
    for header in ({}, {"Authorization": "Basic x"}, {"Authorization": "Bearer"}, {"Authorization": "Bearer a.b.c"}):
        answer = instance.http.request(
            method, path.format(id="nonsense"), headers=header, content="{nonsense", params={"x": "y"}
        )
        assert problem(answer) == (401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("method", "path"), PLACES)
def test_a_valid_token_of_nobody_here_is_told_so(instance: Instance, method: str, path: str) -> None:
    """An organization's id in a header or in user_metadata makes nobody an agent."""
    nobody = Caller(instance.token(), instance.http)
    answer = nobody.request(
        method,
        path.format(id=uuid4()),
        headers={"X-Organization-Id": instance.env["ORGANIZATION_ID"], "X-Role": "admin"},
        content="{nonsense",
    )
    assert problem(answer) == (403, "not_registered")


def test_the_role_comes_before_the_input(agent: Caller, applicant: Caller) -> None:
    for caller, method, path in (
        (applicant, "POST", "/api/v1/slots"),
        (applicant, "GET", "/api/v1/slots?limit=0"),
        (applicant, "DELETE", "/api/v1/slots/nonsense"),
        (agent, "POST", "/api/v1/bookings"),
        (agent, "GET", "/api/v1/bookings?as=applicant"),
        (applicant, "GET", "/api/v1/bookings?as=agent"),
    ):
        assert problem(caller.request(method, path, content="{nonsense")) == (403, "wrong_role")


def test_what_is_outside_the_view_answers_like_a_random_id(instance: Instance, agency: Organization) -> None:
    """Byte for byte, ids aside, the request's own too."""
    foreign, applicant = agency.agent().offer(tomorrow(3)).json()["slot"], agency.applicant()
    booking = applicant.book(foreign["id"]).json()["booking"]
    other = instance.organization()
    outsiders = [other.agent(), other.admin(), other.applicant()]
    for caller in outsiders:
        for method, path, known in (
            ("GET", "/api/v1/slots/{}", foreign["id"]),
            ("DELETE", "/api/v1/slots/{}", foreign["id"]),
            ("GET", "/api/v1/bookings/{}", booking["id"]),
            ("DELETE", "/api/v1/bookings/{}", booking["id"]),
        ):
            random = str(uuid4())
            answers = [caller.request(method, path.format(id_)) for id_ in (known, random)]
            assert answers[0].status_code == answers[1].status_code
            told = [answer.text.replace(answer.headers["X-Request-Id"], "") for answer in answers]
            assert told[0].replace(known, "") == told[1].replace(random, "")
    assert problem(outsiders[2].book(foreign["id"])) == problem(outsiders[2].book(str(uuid4())))
    for nonsense in ("nonsense", foreign["id"][:-1], "%00", "a" * 3000):
        assert problem(outsiders[0].get(f"/api/v1/slots/{nonsense}")) == (404, "slot_not_found")


def faults(answer: httpx.Response) -> set[str]:
    assert problem(answer) == (400, "invalid_request")
    return {fault["pointer"] for fault in answer.json()["errors"]}


def test_every_fault_of_a_body_is_named(agent: Caller, applicant: Caller) -> None:
    everything_wrong = {
        "property_id": "x",
        "start_time": "2026-01-01T00:00:00",
        "agent_id": 1,
        "colour": "red",
        "a/b": 1,
    }
    assert faults(agent.post("/api/v1/slots", everything_wrong)) == {
        "#/property_id",
        "#/start_time",
        "#/end_time",
        "#/agent_id",
        "#/colour",
        "#/a~1b",
    }
    assert faults(applicant.post("/api/v1/bookings", {"slot_id": None, "notes": "x" * 2001})) == {
        "#/slot_id",
        "#/notes",
    }
    for notes in ("a\x00b", None, 5, ["x"]):
        assert faults(applicant.post("/api/v1/bookings", {"slot_id": str(uuid4()), "notes": notes})) == {"#/notes"}
    others: list[object] = [[], "x", 5, True]
    for content in others:
        assert faults(applicant.post("/api/v1/bookings", content)) == {"#"}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"nonsense", b'{"slot_id": }', b"\xff\xfe", b'{"slot_id": "\\ud800"}', b"[" * 30_000, b'{"a": 1} x'],
)
def test_what_is_no_json_is_told_so(applicant: Caller, body: bytes) -> None:
    assert problem(applicant.request("POST", "/api/v1/bookings", content=body)) == (400, "malformed_body")


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        *(({"limit": limit}, {"#/limit"}) for limit in ("0", "101", "-1", "abc", "1.5", "", "1e2", "٣")),
        *(({"from": at}, {"#/from"}) for at in ("2026-01-01T00:00:00", "1700000000", "yesterday", "")),
        ({"to": "0001-01-01T00:00:00+14:00"}, {"#/to"}),
        ({"to": "9999-12-31T23:59:59-14:00"}, {"#/to"}),
        ({"to": "9999-12-31T23:59:59.999999Z"}, {"#/to"}),
        ({"status": "open"}, {"#/status"}),
        ({"colour": "red", "limit": "x", "status": ""}, {"#/colour", "#/limit", "#/status"}),
        ({"limit": ["1", "2"]}, {"#/limit"}),
    ],
)
def test_every_fault_of_the_parameters_is_named(agent: Caller, parameters: dict[str, Any], named: set[str]) -> None:
    assert faults(agent.get("/api/v1/slots", **parameters)) == named
    assert faults(agent.get("/api/v1/bookings", **parameters)) == named


def test_where_there_are_no_parameters_none_are_overlooked(agent: Caller) -> None:
    for path in ("/api/v1/me", f"/api/v1/slots/{uuid4()}"):
        assert faults(agent.get(path, limit=5)) == {"#/limit"}


@pytest.mark.parametrize("cursor", ["x", "", "AAAA", "A" * 32 + "=", "é", "A" * 33, "A" * 5000])
def test_a_cursor_of_one_s_own_making_is_refused(agent: Caller, cursor: str) -> None:
    assert problem(agent.get("/api/v1/slots", cursor=cursor)) == (400, "invalid_cursor")


def test_what_is_well_formed_and_impossible_is_told_apart(agent: Caller) -> None:
    assert problem(agent.offer(tomorrow(-48))) == (422, "slot_in_past")
    assert problem(agent.offer(tomorrow(), minutes=0)) == (422, "slot_ends_before_start")
    assert problem(agent.offer(tomorrow(), minutes=-30)) == (422, "slot_ends_before_start")
    assert problem(agent.offer(tomorrow(), minutes=8 * 60 + 1)) == (422, "slot_too_long")
    first = agent.offer(tomorrow(50), minutes=8 * 60)
    assert first.status_code == 201
    assert problem(agent.offer(tomorrow(57))) == (409, "slot_overlap")


def test_an_admin_offers_for_a_colleague_and_nobody_else_does(agency: Organization, agent: Caller) -> None:
    admin = agency.admin()
    colleague = agent.get("/api/v1/me").json()["me"]["agent"]["id"]
    at = {
        "property_id": str(uuid4()),
        "start_time": tomorrow(70).isoformat(),
        "end_time": tomorrow(71).isoformat(),
    }
    offered = admin.post("/api/v1/slots", {**at, "agent_id": colleague})
    assert (offered.status_code, offered.json()["slot"]["agent_id"]) == (201, colleague)
    assert problem(admin.post("/api/v1/slots", {**at, "agent_id": str(uuid4())})) == (404, "agent_not_found")
    own = admin.get("/api/v1/me").json()["me"]["agent"]["id"]
    assert problem(agent.post("/api/v1/slots", {**at, "agent_id": own})) == (403, "wrong_role")


def test_routes_and_methods_that_are_not_there(instance: Instance) -> None:
    assert problem(instance.http.get("/api/v1/nothing")) == (404, "not_found")
    assert problem(instance.http.get("/nothing")) == (404, "not_found")
    for method, path, allowed in (
        ("PUT", "/api/v1/slots", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("PATCH", f"/api/v1/slots/{uuid4()}", {"GET", "HEAD", "DELETE", "OPTIONS"}),
        ("POST", "/health/live", {"GET", "HEAD", "OPTIONS"}),
        ("DELETE", "/openapi.yaml", {"GET", "HEAD", "OPTIONS"}),
        ("GET", f"/api/v1/slots/{uuid4()}/holds", {"POST", "OPTIONS"}),
    ):
        answer = instance.http.request(method, path)
        assert problem(answer) == (405, "method_not_allowed")
        assert set(answer.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize("path", ["/api/v1/slots", f"/api/v1/slots/{UUID(int=7)}", "/api/v1/policy"])
def test_asked_for_its_options_a_path_names_all_of_its_methods(applicant: Caller, path: str) -> None:
    told = applicant.request("OPTIONS", path)
    refused = applicant.request("TRACE", path)
    assert (told.status_code, refused.status_code) == (204, 405)
    assert told.headers["Allow"] == refused.headers["Allow"]


AMBIGUOUS = (
    "/api%2Fv1/me",
    "/api/v1%2fme",
    "/api//v1/me",
    "//api/v1/me",
    "/api/v1/me//",
    "/api/v1/./me",
    "/api/v1/x/../me",
    "/api/v1/x/%2e%2e/me",
    "/api/v1/slots/..",
    "/api/v1/slots/a%2Fb",
    "/api/v1/slots/a%5Cb",
    f"/api/v1/slots%2F{UUID(int=7)}",
    "/health%2flive",
    "/health//live",
    "/docs/assets/..%2f..%2fpyproject.toml",
)


@pytest.mark.parametrize("with_token", [False, True])
def test_a_path_that_a_proxy_could_read_otherwise_reaches_no_route(
    instance: Instance, applicant: Caller, with_token: bool
) -> None:
    headers = {"Authorization": f"Bearer {applicant.token}"} if with_token else {}
    told = {path: raw(instance, "GET", path, headers) for path in AMBIGUOUS}
    assert {path: (answer[0], json.loads(answer[2])["code"]) for path, answer in told.items()} == dict.fromkeys(
        AMBIGUOUS, (404, "not_found")
    )


def test_what_is_written_otherwise_and_means_the_same_reaches_its_route(instance: Instance, applicant: Caller) -> None:
    """RFC 3986, section 6.2.2.2."""
    headers = {"Authorization": f"Bearer {applicant.token}"}
    assert raw(instance, "GET", "/api/v1/%6de", headers)[0] == 200


def raw(
    instance: Instance, method: str, target: str, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Asked with exactly this target, which httpx would tidy up."""
    address = instance.http.base_url
    connection = http.client.HTTPConnection(address.host, address.port or 80, timeout=30)
    connection.request(method, target, headers=headers or {})
    answer = connection.getresponse()
    told = {name.lower(): value for name, value in answer.getheaders()}
    read = answer.status, told, answer.read()
    connection.close()
    return read


DIFFERENT = {"date", "x-request-id", "ratelimit"}
"""Headers that two answers to one question differ in."""


def test_head_is_get_without_a_body(instance: Instance, agency: Organization, agent: Caller) -> None:
    """RFC 9110, section 9.3.2: with the same headers, its length among them."""
    slot = agent.offer(tomorrow(90)).json()["slot"]
    known = {"Authorization": f"Bearer {agency.applicant().token}"}
    browser = {**known, "Origin": "https://estate.example"}
    property_slots = f"/api/v1/properties/{slot['property_id']}/slots"
    for path, headers, status in (
        ("/health/live", {}, 200),
        ("/health/ready", {}, 200),
        ("/openapi.yaml", {}, 200),
        ("/openapi.json", {}, 200),
        ("/asyncapi.yaml", {}, 200),
        ("/", {}, 307),
        ("/docs", {}, 200),
        ("/docs/assets/swagger-ui.css", {}, 200),
        ("/nothing", {}, 404),
        ("/api//v1/me", {}, 404),
        ("/api/v1/me", {}, 401),
        ("/api/v1/me", known, 200),
        ("/api/v1/me", browser, 200),
        ("/api/v1/me?x=1", known, 400),
        (f"/api/v1/slots/{slot['id']}", known, 200),
        (f"/api/v1/slots/{uuid4()}", known, 404),
        (f"/api/v1/slots/{slot['id']}/eligibility", known, 200),
        (property_slots, known, 200),
        (f"{property_slots}?limit=1", known, 200),
        (f"/api/v1/bookings/{uuid4()}", known, 404),
    ):
        got, asked = raw(instance, "GET", path, headers), raw(instance, "HEAD", path, headers)
        assert (asked[0], asked[2]) == (got[0], b"") == (status, b""), path
        assert int(asked[1]["content-length"]) == len(got[2]), path
        assert got[2] or status == 307, path
        assert {name: value for name, value in asked[1].items() if name not in DIFFERENT} == {
            name: value for name, value in got[1].items() if name not in DIFFERENT
        }, path
        assert set(asked[1]) == set(got[1]), path


def test_head_where_there_is_no_get_is_no_method(instance: Instance, applicant: Caller) -> None:
    path = f"/api/v1/slots/{uuid4()}/holds"
    status, headers, body = raw(instance, "HEAD", path, {"Authorization": f"Bearer {applicant.token}"})
    assert (status, headers["allow"], body) == (405, "OPTIONS, POST", b"")


def test_after_a_head_the_connection_goes_on(instance: Instance) -> None:
    address = instance.http.base_url
    connection = http.client.HTTPConnection(address.host, address.port or 80, timeout=30)
    connection.request("HEAD", "/health/live")
    assert connection.getresponse().read() == b""
    connection.request("GET", "/health/live")
    assert json.loads(connection.getresponse().read()) == {"status": "ok"}
    connection.close()


def test_whoever_shuts_their_side_once_they_have_asked_gets_their_answer(instance: Instance, applicant: Caller) -> None:
    address = instance.http.base_url
    sent = f"Host: x\r\nAuthorization: Bearer {applicant.token}\r\n\r\n"
    for path in ("/health/live", "/health/ready", "/api/v1/me", f"/api/v1/slots/{uuid4()}") * 5:
        with socket.create_connection((address.host, address.port), timeout=30) as asking:
            asking.sendall(f"GET {path} HTTP/1.1\r\n{sent}".encode())
            asking.shutdown(socket.SHUT_WR)
            told = b"".join(iter(lambda: asking.recv(65_536), b""))
        assert told.startswith((b"HTTP/1.1 200 OK", b"HTTP/1.1 404 Not Found")), path
        assert told.endswith(b"}"), path


def test_a_host_that_is_none_is_no_fault_of_the_body(applicant: Caller) -> None:
    answer = applicant.request("GET", "/api/v1/me", headers={"Host": "a b"})
    assert problem(answer) == (400, "malformed_request")


def test_a_body_of_more_than_64_kib_is_refused_in_one_piece_or_in_many(applicant: Caller) -> None:
    large = b'{"slot_id": "' + b"x" * 70_000 + b'"}'
    assert problem(applicant.request("POST", "/api/v1/bookings", content=large)) == (413, "body_too_large")
    pieces = (large[at : at + 1000] for at in range(0, len(large), 1000))
    assert problem(applicant.request("POST", "/api/v1/bookings", content=pieces)) == (413, "body_too_large")


def test_every_answer_carries_the_request_s_id(instance: Instance, agent: Caller) -> None:
    assert agent.request("GET", "/api/v1/me", headers={"X-Request-Id": "a-1"}).headers["X-Request-Id"] == "a-1"
    for header in ({}, {"X-Request-Id": "not acceptable"}, {"X-Request-Id": "x" * 200}):
        for path in ("/api/v1/me", "/nothing", "/health/live"):
            assert re.fullmatch(r"[0-9a-f-]{36}", instance.http.get(path, headers=header).headers["X-Request-Id"])


def test_health_and_the_contract_are_open(instance: Instance) -> None:
    assert instance.http.get("/health/live").json() == instance.http.get("/health/ready").json() == {"status": "ok"}
    assert instance.http.get("/openapi.yaml").content == files.path("openapi3.yaml").read_bytes()
    assert instance.http.get("/openapi.json").json()["openapi"].startswith("3.1")
    page = instance.http.get("/docs")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    for asset in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert instance.http.get(asset).status_code == 200


def test_pages_walk_every_row_once(instance: Instance) -> None:
    agency = instance.organization()
    agent = agency.agent()
    offered = [agent.offer(tomorrow(hour)).json()["slot"]["id"] for hour in range(7)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = agent.get("/api/v1/slots", limit=3, **cursor).json()
        seen += [slot["id"] for slot in page["slots"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
        agent.delete(f"/api/v1/slots/{seen[0]}")
    assert seen == offered
    window = agent.get("/api/v1/slots", **{"from": tomorrow(1).isoformat(), "to": tomorrow(3.5).isoformat()}).json()
    assert [slot["id"] for slot in window["slots"]] in (offered[1:4], offered[2:4])


def test_a_page_is_the_same_however_often_and_in_whichever_way_it_is_asked_for(instance: Instance) -> None:
    """The usual question goes past the framework, any other through it; what is asked for again is kept."""
    agency = instance.organization()
    agent, ana, ben = agency.agent(), agency.applicant(), agency.applicant()
    property_id = str(uuid4())
    offered = [agent.offer(tomorrow(hour), property_id).json()["slot"] for hour in range(3)]
    path = f"/api/v1/properties/{property_id}/slots"

    def pages(viewer: Caller, **parameters: int) -> bytes:
        (page,) = {viewer.get(path, **parameters).content for _ in range(4)}
        return page

    assert pages(ana) == pages(ana, limit=50) == pages(ben, limit=50) == pages(ben)
    assert pages(agent) == pages(agent, limit=50) != pages(ana)
    assert agent.get(path).json()["slots"] == offered
    assert ana.book(offered[1]["id"]).status_code == 201
    for viewer, actions in ((ana, ["book", "hold"]), (agent, offered[0]["available_actions"])):
        left = viewer.get(path).json()["slots"]
        assert left == [{**offered[number], "available_actions": actions} for number in (0, 2)]
        assert viewer.get(path, limit=1).json()["slots"] == left[:1]
