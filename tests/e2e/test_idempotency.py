"""Idempotency-Key from outside: a retry is safe, whatever became of the first request."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.e2e.driver import Caller, Instance, Organization, problem, tomorrow

REPLAYED = "Idempotency-Replayed"


def send(caller: Caller, method: str, path: str, key: str, content: object = None, **headers: str) -> httpx.Response:
    more: dict[str, Any] = {} if content is None else {"json": content}
    return caller.request(method, path, headers={"Idempotency-Key": key, **headers}, **more)


def same(first: httpx.Response, again: httpx.Response) -> bool:
    """The first answer again, but for what names this request."""
    kept = ("Content-Type", "Location", "ETag")
    return (
        REPLAYED not in first.headers
        and again.headers.get(REPLAYED) == "true"
        and again.headers["X-Request-Id"] != first.headers["X-Request-Id"]
        and (again.status_code, again.content) == (first.status_code, first.content)
        and all(again.headers.get(name) == first.headers.get(name) for name in kept)
    )


@pytest.fixture
def agency(instance: Instance) -> Organization:
    return instance.organization()


def test_every_kind_of_write_is_answered_once(agency: Organization) -> None:
    agent, admin, applicant = agency.agent(), agency.admin(), agency.applicant()
    times = {"start_time": tomorrow().isoformat(), "end_time": tomorrow(1).isoformat()}
    content = {"property_id": str(uuid4()), **times}
    offered = [send(agent, "POST", "/api/v1/slots", "k", content) for _ in range(2)]
    assert offered[0].status_code == 201
    assert same(*offered)
    slot = offered[0].json()["slot"]["id"]
    booked = [send(applicant, "POST", "/api/v1/bookings", "k", {"slot_id": slot, "notes": "Ada"}) for _ in range(2)]
    assert booked[0].status_code == 201
    assert same(*booked)
    path = booked[0].headers["Location"]
    cancelled = [send(applicant, "DELETE", path, "k") for _ in range(2)]
    assert cancelled[0].status_code == 204
    assert same(*cancelled)
    policies = [send(admin, "PUT", "/api/v1/policy", "k", {"hold_seconds": 60}, **{"If-Match": '"0"'}) for _ in "ab"]
    assert (policies[0].status_code, policies[0].headers["ETag"]) == (200, '"1"')
    assert same(*policies)
    refused = [send(applicant, "POST", f"/api/v1/slots/{slot}/waitlist", "k") for _ in range(2)]
    assert problem(refused[0]) == (409, "slot_available")
    assert same(*refused)
    own = applicant.get("/api/v1/bookings").json()["bookings"]
    assert [(one["id"], one["status"]) for one in own] == [(path.rpartition("/")[2], "cancelled_by_applicant")]


def test_every_write_of_a_webhook_endpoint_is_answered_once_its_secret_among_them(agency: Organization) -> None:
    admin = agency.admin()
    url = {"url": "https://hooks.example.com/"}
    made = [send(admin, "POST", "/api/v1/webhook-endpoints", "k", url) for _ in range(2)]
    assert made[0].status_code == 201
    assert "whsec_" in made[0].text
    assert same(*made)
    path, seen = made[0].headers["Location"], {"If-Match": made[0].headers["ETag"]}
    for method, where, content, headers, status in (
        ("PATCH", path, {"description": "ours"}, seen, 200),
        ("POST", f"{path}/rotate-secret", None, {}, 200),
        ("POST", f"{path}/replay", {"failed": True}, {}, 202),
        ("DELETE", path, None, {}, 204),
    ):
        answers = [send(admin, method, where, "k", content, **headers) for _ in range(2)]
        assert answers[0].status_code == status, answers[0].text
        assert same(*answers), where
    assert admin.get("/api/v1/webhook-endpoints").json() == {"webhook_endpoints": []}


def test_a_key_with_quotes_is_the_same_key(agency: Organization) -> None:
    slot = agency.agent().offer(tomorrow()).json()["slot"]["id"]
    applicant, key = agency.applicant(), str(uuid4())
    first = send(applicant, "POST", "/api/v1/bookings", key, {"slot_id": slot})
    assert same(first, send(applicant, "POST", "/api/v1/bookings", f'"{key}"', {"slot_id": slot}))


def test_a_key_with_something_else_is_refused(agency: Organization) -> None:
    agent, applicant = agency.agent(), agency.applicant()
    slots = [agent.offer(tomorrow(hours)).json()["slot"]["id"] for hours in (0, 1)]
    first = send(applicant, "POST", "/api/v1/bookings", "k", {"slot_id": slots[0]})
    assert first.status_code == 201
    for content in ({"slot_id": slots[1]}, {"slot_id": slots[0], "notes": "more"}):
        answer = send(applicant, "POST", "/api/v1/bookings", "k", content)
        assert problem(answer) == (422, "idempotency_key_reused")
    holds = [send(applicant, "POST", f"/api/v1/slots/{slot}/holds", "k") for slot in slots]
    assert problem(holds[0]) == (409, "slot_taken")
    assert problem(holds[1]) == (422, "idempotency_key_reused")


def test_nobody_is_told_what_another_was_told(instance: Instance, agency: Organization) -> None:
    slot = agency.agent().offer(tomorrow()).json()["slot"]["id"]
    ada, bob = agency.applicants([f"{uuid4()}@example.com" for _ in range(2)])
    stranger = instance.organization().applicant()
    first = send(ada, "POST", "/api/v1/bookings", "k", {"slot_id": slot})
    assert first.status_code == 201
    assert problem(send(bob, "POST", "/api/v1/bookings", "k", {"slot_id": slot})) == (409, "slot_taken")
    assert problem(send(stranger, "POST", "/api/v1/bookings", "k", {"slot_id": slot})) == (404, "slot_not_found")
    nobody = Caller(instance.token(), instance.http)
    assert problem(send(nobody, "POST", "/api/v1/bookings", "k", {"slot_id": slot})) == (403, "not_registered")


def test_what_was_malformed_may_be_mended_under_the_same_key(agency: Organization) -> None:
    slot = agency.agent().offer(tomorrow()).json()["slot"]["id"]
    applicant = agency.applicant()
    assert problem(send(applicant, "POST", "/api/v1/bookings", "k", {"slot": slot})) == (400, "invalid_request")
    large = {"slot_id": slot, "notes": "x" * 70_000}
    assert problem(send(applicant, "POST", "/api/v1/bookings", "k", large)) == (413, "body_too_large")
    mended = send(applicant, "POST", "/api/v1/bookings", "k", {"slot_id": slot})
    assert (mended.status_code, REPLAYED in mended.headers) == (201, False)


@pytest.mark.parametrize("key", ["", '"', '""', "a b", "a,b", '"a', "x" * 256, "ü"])
def test_an_ill_formed_key_is_refused(agency: Organization, key: str) -> None:
    headers = {"Idempotency-Key": key.encode("latin-1")}
    answer = agency.agent().request("POST", "/api/v1/slots", headers=headers, content="{}")
    assert problem(answer) == (400, "invalid_header")


def test_reads_take_no_notice_of_a_key(agency: Organization) -> None:
    agent = agency.agent()
    answers = [send(agent, "GET", "/api/v1/slots", "k") for _ in range(2)]
    assert [(one.status_code, REPLAYED in one.headers) for one in answers] == 2 * [(200, False)]


def test_of_twenty_retries_at_once_one_is_undertaken(agency: Organization) -> None:
    slot = agency.agent().offer(tomorrow()).json()["slot"]["id"]
    applicant = agency.applicant()

    def retry(_: int) -> httpx.Response:
        return send(applicant, "POST", "/api/v1/bookings", "k", {"slot_id": slot})

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(retry, range(20)))
    fresh = [one for one in answers if one.status_code == 201 and REPLAYED not in one.headers]
    others = [one for one in answers if one not in fresh]
    assert len(fresh) == 1
    for one in others:
        if one.status_code == 201:
            assert same(fresh[0], one)
        else:
            assert problem(one) == (409, "idempotency_in_progress")
    assert len(applicant.get("/api/v1/bookings").json()["bookings"]) == 1
