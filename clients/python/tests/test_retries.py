"""What is repeated, how, and what is not."""

import asyncio
import time

import pytest
from estate_os_booking import (
    AsyncBookingClient,
    BookingClient,
    BookingError,
    NoAnswer,
    Problem,
    RateLimited,
    Unauthenticated,
)
from scripted import HOLD, Step, answer, cut, problem, serving, silence

MADE = answer(201, {"hold": HOLD})
NOW = {"Retry-After": "0"}

REPEATED = {
    "a connection that is cut": cut,
    "a 408": problem(408, "request_timeout"),
    "a 429": problem(429, "rate_limited", NOW),
    "a 503 unavailable": problem(503, "unavailable", NOW),
    "a 503 outcome_unknown": problem(503, "outcome_unknown", NOW),
    "a key in progress": problem(409, "idempotency_in_progress", NOW),
    "a gateway in between": answer(502, "Bad Gateway", type="text"),
}


@pytest.mark.parametrize("first", REPEATED.values(), ids=REPEATED)
def test_the_same_request_is_sent_again_with_the_same_key_and_the_same_bytes(first: Step) -> None:
    with serving(first, problem(409, "hold_limit")) as (url, seen), BookingClient(url) as client:
        with pytest.raises(Problem) as refused:
            client.create_booking(slot_id=HOLD["slot_id"], notes="by bus")
    assert refused.value.code == "hold_limit"
    one, other = seen
    assert one.headers["Idempotency-Key"] == other.headers["Idempotency-Key"] == refused.value.idempotency_key
    assert one.body == other.body == b'{"slot_id":"019a9f2f-1d7a-7c82-b4e6-3f9a5d0c8b17","notes":"by bus"}'


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "invalid_request"),
        (403, "wrong_role"),
        (404, "slot_not_found"),
        (409, "slot_taken"),
        (412, "precondition_failed"),
        (422, "idempotency_key_reused"),
        (500, "internal_error"),
    ],
)
def test_other_refusals_are_raised_at_once(status: int, code: str) -> None:
    with serving(problem(status, code)) as (url, seen), BookingClient(url) as client:
        with pytest.raises(Problem) as refused:
            client.create_hold("s")
    assert (refused.value.status, refused.value.code, len(seen)) == (status, code, 1)


def test_without_a_key_what_may_have_happened_is_not_repeated_and_what_has_not_is() -> None:
    script = [problem(503, "unavailable", NOW), problem(503, "outcome_unknown", NOW), cut]
    with serving(*script) as (url, seen), BookingClient(url) as client:
        with pytest.raises(Problem, match="outcome_unknown"):
            client.create_hold("s", idempotency_key=None)
        with pytest.raises(NoAnswer):
            client.create_hold("s", idempotency_key=None)
    assert [request.headers["Idempotency-Key"] for request in seen] == [None, None, None]


def test_after_the_last_attempt_the_last_refusal_is_raised_with_the_key_to_try_again_by() -> None:
    with serving(*[problem(503, "unavailable", NOW)] * 3) as (url, seen), BookingClient(url, attempts=3) as client:
        with pytest.raises(Problem, match="unavailable") as refused:
            client.create_hold("s", idempotency_key="mine")
    assert (len(seen), refused.value.idempotency_key) == (3, "mine")


def test_no_answer_at_all_has_the_key_the_cause_and_the_path() -> None:
    with serving(cut) as (url, _), BookingClient(url, attempts=1) as client:
        with pytest.raises(NoAnswer, match=r"no answer from POST /api/v1/slots/s/holds: ") as failed:
            client.create_hold("s", idempotency_key="mine")
    assert failed.value.idempotency_key == "mine"
    assert failed.value.__cause__ is not None


def test_retry_after_is_waited_for() -> None:
    with serving(problem(429, "rate_limited", {"Retry-After": "1"}), MADE) as (url, _), BookingClient(url) as client:
        began = time.monotonic()
        client.create_hold("s")
    assert time.monotonic() - began >= 1


def test_a_retry_after_beyond_the_patience_is_raised_at_once() -> None:
    late = problem(429, "rate_limited", {"Retry-After": "3600"})
    with serving(late) as (url, _), BookingClient(url) as client, pytest.raises(RateLimited) as refused:
        client.create_hold("s")
    assert refused.value.retry_after == 3600


def test_a_refused_token_is_refreshed_once_with_the_same_key() -> None:
    with serving(problem(401, "unauthenticated"), MADE) as (url, seen):
        with BookingClient(url, lambda refresh: "new" if refresh else "old", attempts=1) as client:
            client.create_hold("s")
    assert [request.headers["Authorization"] for request in seen] == ["Bearer old", "Bearer new"]
    assert seen[0].headers["Idempotency-Key"] == seen[1].headers["Idempotency-Key"]


def test_a_refreshed_token_costs_no_attempt() -> None:
    with serving(problem(401, "unauthenticated"), problem(503, "unavailable", NOW), MADE) as (url, seen):
        with BookingClient(url, lambda _: "some", attempts=2) as client:
            client.create_hold("s")
    assert len(seen) == 3


def test_a_token_that_is_refused_again_is_raised_and_a_fixed_one_at_once() -> None:
    with serving(*[problem(401, "unauthenticated")] * 3) as (url, seen):
        with BookingClient(url, lambda _: "some") as client, pytest.raises(Unauthenticated):
            client.get_me()
        assert len(seen) == 2
        with BookingClient(url, "fixed") as client, pytest.raises(Unauthenticated):
            client.get_me()
        assert len(seen) == 3


def test_each_attempt_has_its_time() -> None:
    with serving(silence, MADE) as (url, seen), BookingClient(url, timeout=0.5) as client:
        client.create_hold("s")
    assert len(seen) == 2


def test_an_answer_that_is_no_problem_document_is_a_problem_by_its_status() -> None:
    with serving(answer(413, "too much", type="text")) as (url, _), BookingClient(url) as client:
        with pytest.raises(Problem) as refused:
            client.create_hold("s")
    assert (refused.value.code, refused.value.status, refused.value.request_id) == ("http_413", 413, None)


def test_an_answer_that_the_contract_does_not_describe_is_told_apart() -> None:
    with serving(answer(201, {"hold": 1})) as (url, _), BookingClient(url) as client:
        with pytest.raises(BookingError, match=r"otherwise than the contract says: Expected `object`"):
            client.create_hold("s")


def test_the_asynchronous_client_goes_the_same_way() -> None:
    async def token(refresh: bool) -> str:
        return "new" if refresh else "old"

    async def drive(url: str) -> str | None:
        async with AsyncBookingClient(url, token) as client:
            return (await client.create_hold("s")).idempotency_key

    with serving(cut, problem(401, "unauthenticated"), problem(503, "unavailable", NOW), MADE) as (url, seen):
        key = asyncio.run(drive(url))
    assert {request.headers["Idempotency-Key"] for request in seen} == {key}
    assert [request.headers["Authorization"] for request in seen] == [
        "Bearer old",
        "Bearer old",
        "Bearer new",
        "Bearer new",
    ]


def test_an_asynchronous_call_can_be_cancelled() -> None:
    async def drive(url: str) -> None:
        async with AsyncBookingClient(url) as client, asyncio.timeout(0.1):
            await client.create_hold("s")

    with serving(silence) as (url, _), pytest.raises(TimeoutError):
        asyncio.run(drive(url))
