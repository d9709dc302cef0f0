"""Every request goes one way, in one order, whether it is answered on the fast way or by Litestar."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import structlog

from booking.adapters.pseudonyms import Pseudonyms
from booking.domain.idempotency import Answer, Asked
from booking.domain.people.agent import AgentRole
from booking.domain.rate_limit import Spender
from booking.domain.refusals import RequestTimeout, Unavailable
from booking.entrypoints.http.pipeline.access import Access
from booking.service.rate_limits import Limit, cost_of
from tests.fakes import State, memory_store
from tests.support.application import SECRET
from tests.support.office import HOME, Office

SLOT = f"/api/v1/slots/{UUID(int=2)}"
BODY = b'{"slot_id": "00000000-0000-0000-0000-000000000002"}'


def whole(body: bytes) -> Callable[[], Awaitable[Any]]:
    async def message() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    return message


HEADERS = {"Content-Length": str(len(BODY))}
WRITES = ["verify", "limit person", "body", "identify", "limit organization", "limit writes"]
WAYS = {
    "a hot write": ("POST", "/api/v1/bookings", HEADERS, WRITES),
    "a write": ("POST", f"{SLOT}/holds", HEADERS, WRITES),
    "a write with a key": ("POST", "/api/v1/bookings", {**HEADERS, "Idempotency-Key": "k"}, [*WRITES, "idempotency"]),
    "a hot look": ("GET", SLOT, {}, [step for step in WRITES[:-1] if step != "body"]),
    "a look": ("GET", "/api/v1/me", {}, WRITES[:-1]),
}


@pytest.mark.parametrize("way", WAYS)
async def test_the_order_is_the_same_for_all(way: str) -> None:
    office = Office()
    method, path, headers, steps = WAYS[way]
    authorized = {"Authorization": f"Bearer {office.token()}", **headers}
    await office.send(method, path, whole(BODY if headers else b""), authorized)
    assert office.steps.done == steps


@pytest.mark.parametrize("way", ["a hot write", "a write", "a write with a key"])
async def test_somebody_removed_while_their_body_comes_is_nobody(way: str) -> None:
    office = Office()
    await office.store.agents.provision("ada", HOME, AgentRole.ADMIN)

    async def late() -> Any:
        await office.store.agents.remove("ada")
        return await whole(BODY)()

    method, path, headers, _ = WAYS[way]
    token = office.token(role=None)
    status, told = await office.send(method, path, late, {"Authorization": f"Bearer {token}", **headers})
    assert (status, told["content-type"]) == (403, "application/problem+json")


@pytest.mark.parametrize("way", ["a hot write", "a write", "a write with a key"])
async def test_a_body_that_never_comes_is_told_so_before_anybody_is_looked_for(way: str) -> None:
    office = Office()

    async def never() -> Any:
        raise RequestTimeout

    method, path, headers, _ = WAYS[way]
    authorized = {"Authorization": f"Bearer {office.token()}", **headers}
    status, told = await office.send(method, path, never, authorized)
    assert (status, told["connection"], office.asked) == (408, "close", 0)
    assert told["ratelimit-policy"] == '"person";q=1000;w=60'


@pytest.mark.parametrize("way", ["a hot write", "a write", "a write with a key"])
async def test_a_caller_who_goes_before_the_end_of_their_body_has_changed_nothing(way: str) -> None:
    office = Office()

    async def gone() -> Any:
        return {"type": "http.disconnect"}

    method, path, headers, _ = WAYS[way]
    authorized = {"Authorization": f"Bearer {office.token()}", **headers}
    assert (await office.send(method, path, gone, authorized))[0] == 400
    assert office.asked == 0


@pytest.mark.parametrize(("method", "path"), [("GET", SLOT), ("GET", "/api/v1/me"), ("POST", "/api/v1/bookings")])
async def test_a_token_of_nobody_here_is_limited_before_it_is_looked_up(method: str, path: str) -> None:
    office = Office(person=20)
    async with office.client(Authorization=f"Bearer {office.token(role=None)}") as http:
        answers = [await http.request(method, path, content=BODY if method == "POST" else None) for _ in range(300)]
    statuses = [answer.status_code for answer in answers]
    assert set(statuses[:20]) == {403}
    assert statuses.count(403) <= 21
    assert set(statuses[21:]) == {429}
    assert answers[0].headers["RateLimit-Policy"] == '"person";q=20;w=60'
    assert answers[0].headers["RateLimit"].startswith('"person";r=19;t=')
    assert answers[-1].headers["RateLimit"] == f'"person";r=0;t={answers[-1].headers["Retry-After"]}'
    assert answers[-1].json()["code"] == "rate_limited"


async def test_nobody_is_looked_up_ten_times_and_then_once_a_second() -> None:
    office = Office()
    async with office.client(Authorization=f"Bearer {office.token(role=None)}") as http:
        answers = [await http.get(SLOT) for _ in range(100)]
    assert {answer.status_code for answer in answers} == {403}
    assert 10 <= office.asked <= 15


async def test_writes_have_a_budget_of_their_own_and_reads_go_on() -> None:
    office = Office(writes=2)
    async with office.client(Authorization=f"Bearer {office.token()}") as http:
        answers = [await http.put("/api/v1/policy", json={}) for _ in range(30)]
        look = await http.get("/api/v1/policy")
    assert [answer.status_code for answer in answers[:20]] == 20 * [200]
    refused = answers[-1]
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["RateLimit"] == f'"writes";r=0;t={refused.headers["Retry-After"]}'
    assert refused.headers.get_list("RateLimit-Policy") == [
        '"person";q=1000;w=60, "organization";q=100000;w=60, "writes";q=20;w=60'
    ]
    assert (look.status_code, '"writes"' in look.headers["RateLimit-Policy"]) == (200, False)


async def test_a_fault_under_a_key_is_told_as_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office()

    async def away(*_: object) -> Answer:
        raise Unavailable

    monkeypatch.setattr(office.pipeline.answers, "once", away)
    async with office.client(Authorization=f"Bearer {office.token()}") as http:
        answer = await http.put("/api/v1/policy", json={}, headers={"Idempotency-Key": str(uuid4())})
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
    assert (answer.headers["Retry-After"], bool(answer.headers["X-Request-Id"])) == ("1", True)


async def test_a_key_in_use_says_when_to_come_again() -> None:
    office = Office()
    inner = office.pipeline.answers
    async with office.client(Authorization=f"Bearer {office.token()}", **{"Idempotency-Key": "k"}) as http:
        nested: list[httpx.Response] = []
        once = inner.once

        async def meanwhile(asked: Asked, answer: Callable[[], Awaitable[Answer]]) -> Answer:
            async def slow() -> Answer:
                if not nested:
                    nested.append(await http.put("/api/v1/policy", json={}))
                return await answer()

            return await once(asked, slow)

        office.pipeline.answers.once = meanwhile  # type: ignore[method-assign]
        assert (await http.put("/api/v1/policy", json={})).status_code == 200
    (refused,) = nested
    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_in_progress")
    assert refused.headers["Retry-After"] == "1"


async def test_what_is_done_again_under_a_key_is_told_as_if_it_were_the_first_time() -> None:
    """The first attempt had an answer, of which Litestar makes a note; in memory what it did stays."""
    office = Office()
    once = office.pipeline.answers.once

    async def twice(asked: Asked, answer: Callable[[], Awaitable[Answer]]) -> Answer:
        await answer()
        return await once(asked, answer)

    office.pipeline.answers.once = twice  # type: ignore[method-assign]
    async with office.client(Authorization=f"Bearer {office.token()}", **{"Idempotency-Key": "k"}) as http:
        answer = await http.put("/api/v1/policy", json={"hold_seconds": 60}, headers={"If-Match": '"0"'})
    assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")


@pytest.mark.parametrize("begun", [False, True])
async def test_a_fault_that_nobody_has_told_is_a_problem_and_none_of_its_words_are_logged(
    begun: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(scope: Any, receive: Any, send: Any) -> None:
        if begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError("INSERT INTO bookings")

    office, sent = Office(), []
    office.app = Access(fails)
    transport = httpx.ASGITransport(office.app, raise_app_exceptions=True)
    with structlog.testing.capture_logs() as lines:
        if begun:
            scope: Any = {"type": "http", "method": "GET", "path": "/", "headers": []}

            async def send(message: Any) -> None:
                sent.append(message)

            await office.app(scope, None, send)
        else:
            async with httpx.AsyncClient(transport=transport, base_url="http://x") as http:
                answer = await http.get("/", headers={"X-Request-Id": "r1"})
            assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert (answer.headers["X-Request-Id"], answer.headers["Cache-Control"]) == ("r1", "no-store")
    assert len(sent) == begun
    assert [line["status"] for line in lines if line["event"] == "request"] == [200 if begun else 500]
    assert "INSERT" not in caplog.text + repr(lines)


async def test_the_line_of_a_request_tells_the_refusal_and_who_asks_by_a_pseudonym_alone() -> None:
    """A probe's is told only where somebody looks for something."""
    office = Office()
    office.app.pseudonym = Pseudonyms(SECRET).of
    own, nobody = office.token(), office.token("bob", role=None)
    with structlog.testing.capture_logs() as lines:
        for token in (own, own, nobody, "forged"):
            async with office.client(Authorization=f"Bearer {token}") as http:
                await http.get(SLOT)
        async with office.client() as http:
            await http.get("/health/live")
    told = [line for line in lines if line["event"] == "request"]
    names = ("status", "code", "organization", "role", "log_level")
    agents, again, unregistered, stranger, probe = (tuple(map(line.get, names)) for line in told)
    assert agents == again == (404, "slot_not_found", str(HOME), "admin", "info")
    assert unregistered == (403, "not_registered", None, None, "info")
    assert (stranger, probe) == ((401, "unauthenticated", None, None, "info"), (200, None, None, None, "debug"))
    subjects = [line.get("subject") for line in told]
    assert subjects == [subjects[0], subjects[0], subjects[2], None, None]
    assert re.fullmatch("[0-9a-f]{16}", str(subjects[0]))
    assert subjects[0] != subjects[2]
    assert Pseudonyms("other" * 8).of("ada") != Pseudonyms(SECRET).of("ada")


VALUES = [
    (b'{"hold_seconds": 60}', b' {\n"hold_seconds":6e1}', True),
    (b'{"hold_seconds": 60, "notice_seconds": 1}', b'{"notice_seconds": 1, "hold_seconds": 60}', True),
    (b'{"hold_seconds": 60}', b'{"hold_sec\\u006fnds": 60.0}', True),
    (b'{"approval_levels": ["LOW"]}', b'{"approval_levels":["LOW"]}', True),
    (b'{"approval_levels": ["LOW", "MEDIUM"]}', b'{"approval_levels": ["MEDIUM", "LOW"]}', False),
    (b'{"hold_seconds": 60}', b'{"hold_seconds": 61}', False),
    (b"{}", b"{ }", True),
]


@pytest.mark.parametrize(("first", "again", "same"), VALUES)
async def test_a_retry_is_the_same_by_its_json_value(first: bytes, again: bytes, same: bool) -> None:
    office = Office()
    async with office.client(Authorization=f"Bearer {office.token()}", **{"Idempotency-Key": "k"}) as http:
        answers = [await http.put("/api/v1/policy", content=body) for body in (first, again)]
    assert answers[0].status_code == 200
    told = (answers[1].status_code, answers[1].headers.get("Idempotency-Replayed"))
    assert told == ((200, "true") if same else (422, None))


async def test_a_batch_costs_one_for_every_ten_of_its_items() -> None:
    assert [cost_of(items) for items in (0, 1, 10, 11, 500)] == [1, 1, 1, 2, 50]
    limit = Limit("writes", memory_store(State()).budgets, 100)
    ada = Spender(HOME, "ada")
    assert (await limit.spend(ada, cost_of(500))).remaining == 50
    assert (await limit.spend(ada)).remaining == 49
