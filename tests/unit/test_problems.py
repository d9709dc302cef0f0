"""What no handler foresaw still answers as a problem, and tells nothing of the inside."""

from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar, Request, get
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from litestar.testing import TestClient
from structlog.testing import capture_logs

from booking.domain.refusals import InvalidCursor, Refusal
from booking.entrypoints.http.problems import answer_anything_else, answer_http_exception, answer_refusal
from tests.support.office import Office


@get("/fault", sync_to_thread=False)
def fault() -> None:
    raise ValueError("column secret of relation hidden")


@get("/teapot/{status:int}", sync_to_thread=False)
def refused_by_litestar(status: FromPath[int]) -> None:
    raise HTTPException(status_code=status, detail="secret")


@pytest.fixture
def client() -> Iterator[TestClient[Litestar]]:
    app = Litestar(
        [fault, refused_by_litestar],
        exception_handlers={
            Refusal: answer_refusal,
            HTTPException: answer_http_exception,
            Exception: answer_anything_else,
        },
        openapi_config=None,
        logging_config=None,
    )
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/fault", 500, "internal_error"),
        ("/teapot/418", 400, "malformed_request"),
        ("/teapot/500", 500, "internal_error"),
        ("/nothing", 404, "not_found"),
    ],
)
def test_it_is_told_as_a_problem_and_no_more(client: TestClient[Litestar], path: str, status: int, code: str) -> None:
    with capture_logs() as lines:
        answer = client.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code
    assert "secret" not in answer.text + str(lines)
    if path == "/fault":
        assert (lines[0]["error"], "test_problems.py" in str(lines[0]["frames"])) == ("ValueError", True)
    assert [line["event"] for line in lines] == (["unhandled"] if status == 500 else [])


def test_a_refusal_that_was_answered_holds_nothing_any_more() -> None:
    """Litestar raises it from a group that has it inside: what hangs on that circle is the body of the request."""
    refusal = InvalidCursor()
    refusal.__cause__ = ExceptionGroup("of dependencies", [refusal])
    scope: Any = {"type": "http", "path": "/", "headers": []}
    answer_refusal(Request(scope), refusal)
    assert [*filter(None, (refusal.__cause__, refusal.__context__))] == []


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/api/v1/me", {"Authorization": ""}, 401),
        ("GET", "/api/v1/slots?limit=0", {}, 400),
        ("GET", "/api/v1/policy?x=1", {}, 400),
        ("GET", "/api/v1/slots/00000000-0000-0000-0000-000000000009", {}, 404),
        ("GET", "/nothing", {}, 404),
        ("GET", "/a//b", {}, 404),
        ("POST", "/api/v1/policy", {}, 405),
        ("PATCH", "/api/v1/policy", {}, 400),
    ],
)
async def test_a_problem_names_its_request_as_the_header_does(
    method: str, path: str, headers: dict[str, str], status: int
) -> None:
    office = Office()
    async with office.client(Authorization=f"Bearer {office.token()}") as http:
        for named in ("of-the-caller", None):
            given = headers | ({"X-Request-Id": named} if named else {})
            answer = await http.request(method, path, headers=given)
            assert answer.status_code == status
            assert (
                answer.json()["request_id"] == answer.headers["X-Request-Id"] == (named or answer.json()["request_id"])
            )


async def test_a_replayed_problem_names_the_first_request() -> None:
    office = Office()
    async with office.client(Authorization=f"Bearer {office.token()}", **{"Idempotency-Key": "k"}) as http:
        nowhere = "/api/v1/slots/00000000-0000-0000-0000-000000000009"
        first, again = [await http.delete(nowhere, headers={"X-Request-Id": name}) for name in ("one", "two")]
    assert (first.json()["request_id"], first.headers["X-Request-Id"]) == ("one", "one")
    assert (again.content, again.headers["X-Request-Id"]) == (first.content, "two")
    assert again.headers["Idempotency-Replayed"] == "true"
